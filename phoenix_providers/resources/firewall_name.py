"""One alias, IP set or security group of the datacenter.

Rules depend on it: it is written before any rule that uses it, and goes behind all of them. What Proxmox has beside
those that are declared is nobody's business.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pulumi

from phoenix_providers.errors import ProductError, UnsafeError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.firewall.names.content import lost_by, name_of_input
from phoenix_providers.planning.firewall.names.users import users
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    AS_DECLARED,
    CreateResult,
    DiffResult,
    PhoenixProvider,
    Properties,
    ReadResult,
    UpdateResult,
    differs,
    told,
    without_provider_key,
)

if TYPE_CHECKING:
    from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
    from phoenix_providers.operations.proxmox.name_writing import NameWriting


_CONTENT = ("comment", "entries")
_COMPARED = (*_CONTENT, "proxmox", "observed")
_AT_ONCE = 8


class FirewallNameProvider(PhoenixProvider):
    """Writes what is missing, whatever is there already; what others have chosen is refused by `firewall-check`."""

    def create(self, props: Properties) -> CreateResult:
        """Make it, or finish what an interrupted run began."""
        from phoenix_providers.operations.proxmox.lost_names import refused_loss

        wanted, writing = name_of_input(props), _writing(props)
        if lost := lost_by(writing.live(), wanted):
            raise refused_loss(str(props["proxmox"]), [(wanted, lost)])
        writing.become(wanted)
        return CreateResult(wanted.resource_name, without_provider_key(props))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Read it; one that is gone is to be made again, and silence leaves everything as it was, marked."""
        from phoenix_providers.operations.proxmox.name_writing import NameWriting

        kept = without_provider_key(props)
        try:
            # A host that is away is waited for once, not once for each name.
            proxmox = clients_of_run.current().proxmox(str(props["proxmox"]))
            if not proxmox.answers_now():
                kept["observed"] = f"{kept['proxmox']} does not answer"
                return ReadResult(id_, kept, kept)
            live = NameWriting(proxmox.seen, name_of_input(props)).live()
        except ProductError as error:
            kept["observed"] = told(error)
        else:
            # Gone from Proxmox is not gone from the state: nobody else may have it under this name meanwhile.
            content = live.as_input() if live else {"comment": "", "entries": []}
            kept |= {key: content[key] for key in _CONTENT} | {"observed": AS_DECLARED if live else "missing"}
        return ReadResult(id_, kept, kept)

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare the content."""
        return DiffResult(changes=differs(olds, news, _COMPARED))

    def update(self, _id: str, _olds: Properties, news: Properties) -> UpdateResult:
        """Write what differs from what is there."""
        _writing(news).become(name_of_input(news))
        return UpdateResult(without_provider_key(news))

    def delete(self, _id: str, props: Properties) -> None:
        """Take it away, unless somebody uses it: then rules that name it would count no more."""
        one, writing = name_of_input(props), _writing(props)
        if writing.live() is None:
            return
        if found := _users(one, _settings(props)):
            raise UnsafeError(
                f"{one.title[0].upper()}{one.title[1:]} is still used on Proxmox, so it stays there",
                where=str(props["proxmox"]),
                seen="\n            ".join(found),
                expected="nobody who uses it: Proxmox would leave out each of these rules",
                next_step="take these away, or declare it again, then pulumi up",
            )
        writing.remove()


class FirewallNameResource(PhoenixResource, module="phoenix", name="FirewallName"):
    """Comes behind those that it may use, and before all rules.

    Args:
        one: What is declared.
        proxmox: The API's URL.
        opts: Options for the engine.
    """

    def __init__(self, one: FirewallName, *, proxmox: str, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs: Properties = {"proxmox": proxmox, **one.as_input(), "observed": AS_DECLARED}
        super().__init__(FirewallNameProvider(), one.resource_name, inputs, opts)


def _users(one: FirewallName, settings: ProxmoxSettings) -> list[str]:
    """Look at every list of rules and every set that there is."""
    lists = {f"the security group {name}": rules for name, rules in settings.groups().items()}
    sets = {f"the IP set {name}": members for name, members in settings.ip_sets("cluster").items()}
    guests = {f"the guest {number}": path for number, path in settings.guest_paths().items()}
    places = {
        "the datacenter": "cluster",
        **{f"the node {node}": f"nodes/{node}" for node in settings.nodes()},
        **guests,
    }
    asked = guests if one.kind == "alias" else {}
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        lists |= dict(zip(places, pool.map(settings.rules, places.values()), strict=True))
        for where, own_sets in zip(asked, pool.map(settings.ip_sets, asked.values()), strict=True):
            sets |= {f"the IP set {name} of {where}": held for name, held in own_sets.items()}
    return users(one, lists, sets)


def _writing(props: StoredProperties) -> NameWriting:
    from phoenix_providers.operations.proxmox.name_writing import NameWriting

    return NameWriting(_settings(props), name_of_input(props))


def _settings(props: StoredProperties) -> ProxmoxSettings:
    return clients_of_run.current().lasting_settings(str(props["proxmox"]))
