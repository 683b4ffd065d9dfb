"""Keeps count of edges so that the SDK need not look for circles from the start with each.

It walks over all that a resource depends on for every edge to it, also for one that it knows already: an output in each
of a hundred inputs is a hundred edges. Together that grew with stacks times resources.
"""

from __future__ import annotations

from collections import defaultdict

import pulumi
from pulumi.runtime import rpc

_PLACE = "declare_dependency"


class KnownEdges:
    """All edges of a run, none of which closes a circle."""

    def __init__(self) -> None:
        self._before: defaultdict[pulumi.Resource, set[pulumi.Resource]] = defaultdict(set)
        self._needed: set[pulumi.Resource] = set()

    def declare(self, from_resource: pulumi.Resource, to_resource: pulumi.Resource) -> bool:
        """Remember that one depends on another; False, and nothing is remembered, if that would close a circle."""
        if to_resource in self._before[from_resource]:
            return True
        if from_resource is to_resource or self._leads_to(to_resource, from_resource):
            return False
        self._before[from_resource].add(to_resource)
        self._needed.add(to_resource)
        return True

    def _leads_to(self, start: pulumi.Resource, end: pulumi.Resource) -> bool:
        # Nothing leads to what nobody needs, and a resource says what it needs before others need it.
        if end not in self._needed:
            return False
        seen, waiting = {start}, [start]
        while waiting:
            further = self._before[waiting.pop()] - seen
            if end in further:
                return True
            seen |= further
            waiting += further
        return False


def know_edges() -> None:
    """Let the SDK ask for each edge here, for the rest of the process; one that asks elsewhere goes on as before."""
    if _PLACE in vars(rpc):
        vars(rpc)[_PLACE] = KnownEdges().declare
