"""Addresses of guests and of the gateway, overrides included."""

from __future__ import annotations

import re
from ipaddress import ip_address

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import Guest
from phoenix_providers.planning.findings import Findings, nearest
from phoenix_providers.planning.names import guest_host

_MAP = "the map phoenix:addressOverrides where that stands: Pulumi.yaml, else Pulumi.STACK.yaml"


def is_address(text: str) -> bool:
    """Whether a text is an IP address, as the files write it."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def override(configuration: Configuration, name: str) -> str | None:
    """Return the IP that `addressOverrides` gives a name; short and full names are the same."""
    domain = configuration.site.domain_name
    wanted = guest_host(name, domain)
    overrides = configuration.settings.address_overrides
    return next((ip for key, ip in overrides.items() if guest_host(key, domain) == wanted), None)


def override_advice(configuration: Configuration, name: str, address: str = "IP") -> str:
    """Say how an override of an address is set.

    Where there are some, the map may stand in Pulumi.yaml. A stack's own map, which the command would begin there,
    takes its place as a whole.
    """
    if configuration.settings.address_overrides:
        entry = f"`{_key_of_override(configuration, name) or name.lower()}: {address}`"
        return f"write {entry} into {_MAP}"
    # In a path of Pulumi's a dot would open a level of its own.
    key = f'["{name.lower()}"]' if "." in name else f".{name.lower()}"
    return f"pulumi config set --path 'phoenix:addressOverrides{key}' {address}"


def removal_advice(configuration: Configuration, name: str) -> str:
    """Say how the override of a name is taken out."""
    # A setting without a value is no file that Pulumi reads.
    what = (
        f"`{_key_of_override(configuration, name)}` out of {_MAP}"
        if len(configuration.settings.address_overrides) > 1
        else f"out {_MAP}, which has one line"
    )
    return f"take {what}; then the name leads to the gateway"


def _key_of_override(configuration: Configuration, name: str) -> str | None:
    wanted = guest_host(name, configuration.site.domain_name)
    keys = configuration.settings.address_overrides
    return next((key for key in keys if guest_host(key, configuration.site.domain_name) == wanted), None)


def address_of(configuration: Configuration, guest: Guest) -> str | None:
    """Return a guest's IP; one with DHCP has none unless `addressOverrides` names it."""
    return guest.address or override(configuration, guest.name)


def node_interface(configuration: Configuration, name: str) -> str | None:
    """Return a node's address with its prefix length, for example "10.0.0.13/24"; None when the site names none."""
    node = configuration.site.network.nodes.get(name)
    if node is not None and node.address:
        return node.address
    return configuration.site.network.interfaces.address if name == configuration.settings.node else None


def node_interfaces(configuration: Configuration) -> dict[str, str | None]:
    """Return `node_interface` of each node: the one of the settings first, then those of the site file in its order."""
    names = dict.fromkeys([configuration.settings.node, *configuration.site.network.nodes])
    return {name: node_interface(configuration, name) for name in names}


def gateway_address(configuration: Configuration, findings: Findings, *, needed: bool) -> str | None:
    """Return the IP behind which routed names live.

    None when it is not known: an error when there are routed names (`needed`), else a warning.
    """
    settings = configuration.settings
    wanted = settings.gateway or settings.traefik_guest
    if settings.gateway is not None and is_address(settings.gateway):
        return settings.gateway
    report = findings.error if needed or settings.gateway else findings.warning
    guest = _guest_called(configuration, wanted) or (None if settings.gateway else _only_like(configuration, findings))
    if guest is None:
        setting = "gateway" if settings.gateway else "traefikGuest"
        report(
            f"the gateway of routed names is not known: no guest is called {wanted} (setting phoenix:{setting})",
            seen=", ".join(guest.name for guest in configuration.guests[:8]),
            expected=nearest(wanted, (guest.name for guest in configuration.guests)) or "a guest's name or an IP",
            next_step="pulumi config set phoenix:gateway GUEST_OR_IP",
        )
        return None
    found = address_of(configuration, guest)
    if found is None:
        report(
            f"the gateway {guest.name} has no fixed address",
            configuration.locate(*guest.declared_at, "network_config", "ip"),
            seen=guest.network_config.ip or "nothing",
            expected="a fixed address in its file, or an override",
            next_step=override_advice(configuration, guest.name),
        )
    return found


def traefik_guest(configuration: Configuration) -> Guest | None:
    """Return the guest that runs Traefik, by name or by the word in its name; None when no single one does."""
    called = _guest_called(configuration, configuration.settings.traefik_guest)
    return called or _only_like(configuration, Findings())


def _guest_called(configuration: Configuration, name: str) -> Guest | None:
    return next((guest for guest in configuration.guests if guest.name.lower() == name.lower()), None)


def _only_like(configuration: Configuration, findings: Findings) -> Guest | None:
    """Return the one guest whose name has Traefik's as one of its words, such as Traefik-Internal."""
    word = configuration.settings.traefik_guest.lower()
    like = [guest for guest in configuration.guests if word in re.split(r"[^a-z0-9]+", guest.name.lower())]
    if len(like) != 1:
        return None
    findings.warning(
        f"routed names lead to {like[0].name}, the only guest with {word} in its name",
        configuration.locate(*like[0].declared_at, "name"),
        next_step=f"if that is right, say so: pulumi config set phoenix:traefikGuest {like[0].name}",
    )
    return like[0]
