"""One name space for all routes: in Traefik's files the second item of a name would be skipped without a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, count
from typing import Any

from phoenix_providers.planning.references import PROTOCOLS, rewritten


@dataclass
class RouteNames:
    """Names that are taken, by protocol and kind (routers, services, middlewares)."""

    taken: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def reserve(self, routes: Mapping[str, Any]) -> None:
        """Take the names of these routes as they are."""
        for protocol, kind, name in _names(routes):
            self.taken.setdefault((protocol, kind), set()).add(name)

    def settle(self, routes: Mapping[str, Any], vmid: int) -> dict[str, Any]:
        """Return the routes under names that are free: one that is taken gets the suffix `-VMID`, everywhere."""
        new_names = {
            (protocol, kind, name): self._free(protocol, kind, name, vmid) for protocol, kind, name in _names(routes)
        }
        settled: dict[str, Any] = {}
        for protocol, kinds in routes.items():
            renamed = {
                kind: {new_names[protocol, kind, name]: item for name, item in items.items()}
                for kind, items in kinds.items()
            }
            settled[protocol] = rewritten(renamed, partial(_renamed, new_names, protocol))
        self.reserve(settled)
        return settled

    def _free(self, protocol: str, kind: str, name: str, vmid: int) -> str:
        taken = self.taken.get((protocol, kind), set())
        candidates = chain((name, f"{name}-{vmid}"), (f"{name}-{vmid}-{number}" for number in count(2)))
        return next(candidate for candidate in candidates if candidate not in taken)


def _names(routes: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    for protocol in PROTOCOLS:
        for kind, items in routes.get(protocol, {}).items():
            for name in items:
                yield protocol, kind, name


def _renamed(new_names: Mapping[tuple[str, str, str], str], protocol: str, kind: str, reference: str) -> str:
    return new_names.get((protocol, kind, reference), reference)
