"""Step 4, names that rules use: aliases, then IP sets, then security groups, all before any rule."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import get_args

import pulumi

from phoenix_providers.models.firewall_names import NameKind
from phoenix_providers.planning.firewall.names_asked import NamesAsked
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.program.site import Site, after
from phoenix_providers.program.tree import place
from phoenix_providers.resources.firewall_name import FirewallNameResource


def declare(site: Site, gates: Iterable[pulumi.Resource]) -> list[pulumi.Resource]:
    """Declare them behind the gates; return the last ones, behind which all others come.

    The engine deletes in the opposite order, behind everything else: what is declared no more goes when no rule of
    ours uses it any longer.
    """
    last, inside = list(gates), site.tree.inside(place(ProxmoxScope("cluster")))
    for _, names in groupby(site.plan.firewall.names, key=lambda one: one.kind):
        wanted = [one for one in names if site.declares(one.resource_name)]
        own = [FirewallNameResource(one, proxmox=site.proxmox, opts=after(last, inside)) for one in wanted]
        last = [*own] or last
    return last


def for_check(site: Site) -> NamesAsked:
    """Return what the check before all changes has to know of names."""
    firewall = site.plan.firewall
    names = [one for one in firewall.names if site.declares(one.resource_name)]
    kept = {one.resource_name for one in firewall.names}
    # A run for one stack removes nothing.
    leaving = [] if site.declared is not None else sorted(_ours(site) - kept)
    return NamesAsked(
        declared=tuple(names),
        leaving=tuple(leaving),
        new=frozenset(one.resource_name for one in names if one.resource_name not in site.recorded),
        uses=tuple(firewall.uses),
    )


def _ours(site: Site) -> set[str]:
    # A stack may be called like a kind, but stands on a VM, by number.
    split = ((name, *name.split("@", 1)) for name in site.recorded if "@" in name)
    return {name for name, kind, own in split if kind in get_args(NameKind) and not own.isdecimal()}
