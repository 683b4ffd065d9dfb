"""Routes that stand in one of our files already, where no state says whose they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration, TraefikItem
from phoenix_providers.planning.routes.conflicts import Requests, answers
from phoenix_providers.planning.routes.names import Name, Parts, names_in
from phoenix_providers.planning.traefik.merge import merge_routes
from phoenix_providers.planning.traefik.references import reached

# What a name gets that somebody else has: the VM's number.
_NUMBER = re.compile(r"-\d+(-\d+)?$")


@dataclass(frozen=True)
class StandingRoutes:
    """What a file says, by who declares it.

    Attributes:
        parts: By owner, with what the routers lead to.
        undeclared: Routers that are nobody's, each with its rule.
    """

    parts: Parts
    undeclared: tuple[str, ...]


def standing_routes(
    document: DynamicConfiguration, declared: Parts, homes: Mapping[str, str] | None = None
) -> StandingRoutes:
    """Return whose the routes of one of our files are.

    Args:
        document: What the file says; Traefik could load it.
        declared: What the site's own files say, by owner, also of those that are blocked or held.
        homes: Address of each owner whose routes may not all be known: what leads there is theirs.
    """
    standing = list(_routers(document))
    owners = _owners(standing, [claim for owner in sorted(declared) for claim in _routers(declared[owner], owner)])
    for router in standing:
        if router.name not in owners and (owner := _at_home(document, router.name, homes or {})):
            owners[router.name] = owner
    leading: dict[Name, list[str]] = {}
    for router_name, owner in owners.items():
        for item in _with_what_it_leads_to(document, router_name):
            leading.setdefault(item, []).append(owner)
    found: dict[str, list[NewConfiguration]] = {}
    for item, several in leading.items():
        protocol, kind, name = item
        part = {protocol: {kind: {name: document[protocol][kind][name]}}}
        found.setdefault(_declarer(item, several, declared), []).append(part)
    undeclared = (router.name for router in standing if router.name not in owners)
    return StandingRoutes(
        {owner: merge_routes(parts) for owner, parts in sorted(found.items())},
        tuple(f"{name[2]}: {_item(document, name).get('rule') or name[0]}" for name in undeclared),
    )


class _Router(NamedTuple):
    name: Name
    requests: Requests | None
    owner: str


def _routers(part: DynamicConfiguration, owner: str = "") -> Iterator[_Router]:
    requests = {path: requests for path, requests, _ in answers(part)}
    for name in names_in(part):
        if name[1] == "routers":
            yield _Router(name, requests.get(f"{'.'.join(name)}.rule"), owner)


def _owners(standing: list[_Router], claims: list[_Router]) -> dict[Name, str]:
    """The same requests tell it, and the same name; a stack that moved may have had it with the old VM's number.

    One that is another's already is not what became of a name with a number.
    """
    found: dict[Name, str] = {}
    used: set[tuple[str, Name]] = set()
    ways: tuple[Callable[[_Router, _Router], bool], ...] = (
        lambda one, claim: _asks_the_same(one, claim) and one.name == claim.name,
        _asks_the_same,
        lambda one, claim: one.name == claim.name,
        lambda one, claim: _plain(one.name) == _plain(claim.name) and (claim.owner, claim.name) not in used,
    )
    for is_the_same in ways:
        for one in standing:
            claim = next((claim for claim in claims if one.name not in found and is_the_same(one, claim)), None)
            if claim is not None:
                found[one.name] = claim.owner
                used.add((claim.owner, claim.name))
    return found


def _asks_the_same(one: _Router, claim: _Router) -> bool:
    return one.requests is not None and one.requests == claim.requests


def _plain(name: Name) -> Name:
    return name[0], name[1], _NUMBER.sub("", name[2])


def _with_what_it_leads_to(document: DynamicConfiguration, router: Name) -> Iterator[Name]:
    yield router
    for path in sorted(reached(document, ".".join(router))):
        protocol, kind, name = path.split(".", 2)
        if _item(document, (protocol, kind, name)):
            yield protocol, kind, name


def _declarer(item: Name, leading: list[str], declared: Parts) -> str:
    """Return whose an item is that routers of these owners lead to; a middleware may be another one's."""
    anybody = sorted(declared) if item[1] == "middlewares" else []
    return next((owner for owner in (*leading, *anybody) if item in names_in(declared.get(owner, {}))), leading[0])


def _at_home(document: DynamicConfiguration, router: Name, homes: Mapping[str, str]) -> str:
    service = str(_item(document, router).get("service", "")).removesuffix("@file")
    balancer = _item(document, (router[0], "services", service)).get("loadBalancer", {})
    servers = (str(server.get("url") or f"//{server.get('address')}") for server in balancer.get("servers", ()))
    addresses = {urlsplit(url).hostname for url in servers}
    return next((owner for owner in sorted(homes) if homes[owner] in addresses), "")


def _item(document: DynamicConfiguration, name: Name) -> TraefikItem:
    protocol, kind, short = name
    found: TraefikItem = document.get(protocol, {}).get(kind, {}).get(short, {})
    return found
