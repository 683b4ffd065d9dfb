"""Filtering, sorting and paging of the list of environments."""

from __future__ import annotations

from collections.abc import Iterable

from multidict import MultiMapping

from phoenix_providers.lab.portainer.store import Record

_LISTS = {"types[]": "Type", "status[]": "Status", "groupIds[]": "GroupId", "endpointIds[]": "Id"}


def filtered(endpoints: Iterable[Record], query: MultiMapping[str]) -> list[Record]:
    """Return the environments that a query asks for; list filters need the suffix `[]`, without it they are ignored."""
    return [endpoint for endpoint in endpoints if _fits(endpoint, query)]


def page(endpoints: list[Record], query: MultiMapping[str]) -> list[Record]:
    """Return one page: `start` counts from 1 (and 0 is 1), `limit` 0 means all."""
    start, limit = max(_number(query, "start"), 1), _number(query, "limit")
    return endpoints[start - 1 :][: limit or None]


def ordered(endpoints: list[Record], query: MultiMapping[str]) -> list[Record]:
    """Return them sorted by `sort` (Name, Status, else by number) and `order` (asc or desc)."""
    key = query.get("sort", "")
    known = key if key in ("Name", "Status", "URL") else "Id"
    return sorted(endpoints, key=lambda endpoint: endpoint[known], reverse=query.get("order") == "desc")


def _fits(endpoint: Record, query: MultiMapping[str]) -> bool:
    if query.get("name") and endpoint["Name"] != query["name"]:
        return False
    search = query.get("search", "").lower()
    if search and search not in endpoint["Name"].lower() and search not in endpoint["URL"].lower():
        return False
    for parameter, key in _LISTS.items():
        wanted = query.getall(parameter, [])
        if wanted and str(endpoint[key]) not in wanted:
            return False
    if str(endpoint["Id"]) in query.getall("excludeIds[]", []):
        return False
    return _has_tags(endpoint, query)


def _has_tags(endpoint: Record, query: MultiMapping[str]) -> bool:
    wanted = set(query.getall("tagIds[]", []))
    tags = {str(tag) for tag in endpoint["TagIds"]}
    return not wanted or (bool(wanted & tags) if query.get("tagsPartialMatch") == "true" else wanted <= tags)


def _number(query: MultiMapping[str], name: str) -> int:
    text = query.get(name, "")
    return int(text) if text.isdigit() else 0
