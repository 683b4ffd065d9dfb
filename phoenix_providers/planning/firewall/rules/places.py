"""Where rules stand in the files, and where one that is missing belongs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.firewall.names.declared_names import places_of_entries
from phoenix_providers.planning.site_plan import FirewallPlan

_ON_PROXMOX = "not in the files: on Proxmox itself"
_SECTION = re.compile(r"(:\d+)?, ([^,]*?)(\[\d+\])?$")


def rule_places(configuration: Configuration, firewall: FirewallPlan) -> dict[str, str]:
    """Return where lists stand, each as `file:line, section`, and every one of their entries.

    A guest's list has its number as key, the datacenter's "0", a rule of it "113/0" for the first. Rules of security
    groups have keys such as "security-group@web/0", members of sets "ip-set@blacklist/10.0.0.5". In one list of the
    datacenter no file has rules of a guest's own.
    """
    places = {"0": _told(configuration, ("site", "firewall", "global_firewall_rules"))}
    if firewall.placement == "guest":
        for guest in configuration.guests:
            path = (*guest.declared_at, "firewall", "rules")
            places[str(guest.id)] = f"{_told(configuration, path)} of {guest.name}"
    places |= dict(_of_rules(configuration, "0", firewall.places))
    for number, one in firewall.guests.items():
        places |= dict(_of_rules(configuration, str(number), one.places))
    for key, path in places_of_entries(configuration).items():
        places[key] = _told(configuration, path)
    return places


def place_of(places: Mapping[str, str], guest: int) -> str:
    """Return where a rule of a guest belongs; 0 is the datacenter."""
    return places.get(str(guest), _ON_PROXMOX)


def place_of_rule(places: Mapping[str, str], home: str, entry: int | str | None) -> str:
    """Return `file:line` of an entry of a list; empty where no file has it."""
    return places.get(f"{home}/{entry}", "").rpartition(", ")[0]


def section_of(places: Mapping[str, str], home: str, entry: int | None) -> str:
    """Return of which list in which file an entry is."""
    return _SECTION.sub(r", \2", places.get(f"{home}/{entry}", ""))


def _of_rules(
    configuration: Configuration, home: str, paths: Iterable[tuple[str | int, ...]]
) -> Iterator[tuple[str, str]]:
    for number, path in enumerate(paths):
        yield f"{home}/{number}", _told(configuration, path)


def _told(configuration: Configuration, path: tuple[str | int, ...]) -> str:
    place = configuration.locate(*path)
    return f"{place}, {place.path}"
