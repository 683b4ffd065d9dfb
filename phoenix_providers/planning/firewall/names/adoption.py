"""What has to stand in the site file so that a first write of a name takes nothing away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.file_editing.file_edits import Edit, Insertion
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.firewall.adoption import as_declared
from phoenix_providers.planning.firewall.names.content import lost_by
from phoenix_providers.planning.firewall.names.declared_names import place_of, rules_of_group
from phoenix_providers.planning.firewall.rules.declared_rules import Path
from phoenix_providers.planning.firewall.rules.order import FileList, rule_order
from phoenix_providers.planning.firewall_name import Entry, FirewallName


@dataclass(frozen=True)
class NameAdoption:
    """One name under which Proxmox has more, or something else.

    Attributes:
        lost: What a first write would take away, one line each.
        edits: What is added to the site file; empty where nothing can be added, since only one of two can be.
    """

    name: FirewallName
    lost: tuple[str, ...]
    edits: tuple[Edit, ...] = ()


def name_adoptions(
    configuration: Configuration, names: Iterable[tuple[FirewallName, FirewallName | None]]
) -> tuple[NameAdoption, ...]:
    """Return those that need an edit; `names` are declared ones with what Proxmox has."""
    return tuple(
        NameAdoption(wanted, lost, tuple(_edits(configuration, wanted, live)))
        for wanted, live in names
        if live is not None and (lost := lost_by(live, wanted))
    )


def _edits(configuration: Configuration, wanted: FirewallName, live: FirewallName) -> Iterator[Edit]:
    name = str(declared_as(configuration, wanted)[-1])
    path = declared_as(configuration, wanted)[1:]
    if wanted.kind == "ip-set":
        known = {one["cidr"] for one in wanted.entries}
        more = tuple(_said(one) for one in live.entries if one["cidr"] not in known)
        # What is in the one and left out of the other can be only one of both: a person has to decide that.
        if len(more) == len(lost_by(live, wanted)):
            yield Insertion((*path, "members"), more)
    elif wanted.kind == "security-group":
        group = configuration.site.firewall.security_groups[name]
        rules = rules_of_group(name, group, Findings(), configuration)
        where = FileList(path, 0, tuple(int(rule.at[-1]) for rule in rules))
        order = rule_order(live.entries, wanted.entries, [where])
        for before, placed in groupby(order.placed, key=lambda one: one.before):
            yield Insertion((*path, "rules"), tuple(as_declared(one.rule) for one in placed), before)


def declared_as(configuration: Configuration, one: FirewallName) -> Path:
    """Return where a name stands, as the site file spells it."""
    firewall = configuration.site.firewall
    lists: Mapping[str, Mapping[str, Any]] = {
        "alias": firewall.aliases,
        "ip-set": firewall.ip_sets,
        "security-group": firewall.security_groups,
    }
    return place_of(one.kind, next(name for name in lists[one.kind] if name.lower() == one.name))


def _said(member: Entry) -> Any:
    kept = {key: member[key] for key in ("cidr", "nomatch", "comment") if member[key]}
    return kept["cidr"] if len(kept) == 1 else kept
