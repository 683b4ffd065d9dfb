"""Where a rule that is missing belongs in the files."""

from __future__ import annotations

from collections.abc import Mapping

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.site_plan import FirewallPlan

_ON_PROXMOX = "not in the files: on Proxmox itself"


def rule_places(configuration: Configuration, firewall: FirewallPlan) -> dict[str, str]:
    """Return `file:line, section` of each guest's rules by its number, and of the datacenter's under "0".

    In one list of the datacenter no file has rules of a guest's own.
    """
    site = configuration.locate("site", "firewall", "global_firewall_rules")
    places = {"0": f"{site}, {site.path}"}
    if firewall.placement == "cluster":
        return places
    for guest in configuration.guests:
        place = configuration.locate(*guest.declared_at, "firewall", "rules")
        places[str(guest.id)] = f"{place}, {place.path} of {guest.name}"
    return places


def place_of(places: Mapping[str, str], guest: int) -> str:
    """Return where a rule of a guest belongs; 0 is the datacenter."""
    return places.get(str(guest), _ON_PROXMOX)
