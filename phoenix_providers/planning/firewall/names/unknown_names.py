"""What Proxmox would refuse because a name means nothing to it, or something else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network

from phoenix_providers.errors import Explanation
from phoenix_providers.models.near_miss import nearest_keys
from phoenix_providers.planning.firewall.rules.match import NamedNetworks
from phoenix_providers.planning.firewall_name import NameUse

_FAMILY = {"icmp": 4, "icmpv6": 6, "ipv6-icmp": 6}
_WHERE = {"alias": "firewall.aliases", "IP set": "firewall.ip_sets", "security group": "firewall.security_groups"}


@dataclass(frozen=True)
class KnownNames:
    """What rules may name: what Proxmox has, with what is declared and without what leaves.

    Attributes:
        networks: Aliases and sets.
        groups: Names of security groups.
        sdn: Names of the sets of the software-defined network.
        macros: As Proxmox spells them; empty where it was not asked.
    """

    networks: NamedNetworks
    groups: Collection[str]
    sdn: Collection[str] = ()
    macros: Collection[str] = field(default=())


def unknown_names(uses: Iterable[NameUse], known: KnownNames) -> tuple[Explanation, ...]:
    """Return what Proxmox would refuse, each with its place."""
    return tuple(problem for use in uses for problem in _problems(use, known))


def uses_sdn(uses: Iterable[NameUse], networks: NamedNetworks) -> bool:
    """Whether the sets of the software-defined network have to be asked for."""
    words = (word for use in uses for word in use.addresses if word.startswith("+"))
    return any(word.startswith("+sdn/") or not _has_set(word, 0, networks) for word in words)


def _problems(use: NameUse, known: KnownNames) -> Iterator[Explanation]:
    if use.group and use.group not in known.groups:
        yield _unknown(use, "security group", use.group, use.group, known.groups)
    if use.macro and known.macros and use.macro not in known.macros:
        right = next((macro for macro in known.macros if macro.lower() == use.macro.lower()), "")
        expected = right or _near(use.macro, known.macros) or "a macro of this Proxmox: its form for rules lists them"
        yield Explanation(
            f"Proxmox has no macro {use.macro}", use.place, use.text, expected, f"correct it at {use.place}"
        )
    for word in use.addresses:
        yield from _address(use, word, known)
    yield from _mixed(use, known)


def _address(use: NameUse, word: str, known: KnownNames) -> Iterator[Explanation]:
    networks = known.networks
    if word.startswith("+"):
        bare = word[1:].rpartition("/")[2]
        if not _has_set(word, use.guest, networks) and (word.startswith(("+dc/", "+guest/")) or bare not in known.sdn):
            others = {*networks.sets, *networks.guest_sets.get(use.guest, ()), *known.sdn}
            yield _unknown(use, "IP set", word, bare, others, "+")
    elif word[:1].isalpha() and ":" not in word and networks.network(word, use.guest) is None:
        others = {*networks.aliases, *networks.guest_aliases.get(use.guest, ())}
        yield _unknown(use, "alias", word, word.rpartition("/")[2], others)


def _has_set(word: str, guest: int, networks: NamedNetworks) -> bool:
    scope, _, bare = word[1:].rpartition("/")
    own = scope in ("", "guest") and bare in networks.guest_sets.get(guest, {})
    return own or (scope in ("", "dc") and bare in networks.sets)


def _unknown(use: NameUse, kind: str, word: str, bare: str, others: Collection[str], sign: str = "") -> Explanation:
    hint = _near(bare, others, sign)
    return Explanation(
        f"nobody declares the {kind} {word}, and Proxmox has none of that name"
        + (f" for the guest {use.guest}" if word.lstrip("+").startswith("guest/") and use.guest else ""),
        use.place,
        use.text,
        hint or f"the {kind} in `{_WHERE[kind]}` of the site file, or on Proxmox",
        f"correct it at {use.place}",
    )


def _near(word: str, known: Collection[str], sign: str = "") -> str:
    found = nearest_keys(word, known, limit=3)
    return "did you mean " + " or ".join(f"`{sign}{one}`" for one in found) + "?" if found else ""


def _mixed(use: NameUse, known: KnownNames) -> Iterator[Explanation]:
    """An alias has the family of its address; a set may have both."""
    families = {_FAMILY[use.proto]: use.proto} if use.proto in _FAMILY else {}
    for word in use.addresses:
        network = None if word.startswith("+") else known.networks.network(word, use.guest) or word
        if network is not None and (version := _version(network)):
            families.setdefault(version, word)
    if len(families) > 1:
        seen = f"{use.text} ({', '.join(f'{word} is IPv{version}' for version, word in sorted(families.items()))})"
        yield Explanation(
            "a rule mixes IPv4 and IPv6", use.place, seen, "one rule for each", f"correct it at {use.place}"
        )


def _version(network: str) -> int:
    try:
        return ip_network(network.partition("-")[0], strict=False).version
    except ValueError:
        return 0
