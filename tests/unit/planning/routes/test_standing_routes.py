"""Whose the routes are that stand in our file when no state says it."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.routes.standing_routes import standing_routes


def routes(name: str, host: str, address: str = "10.0.0.5", **more: Any) -> dict[str, Any]:
    router = {"rule": f"Host(`{host}`)", "service": name, **more}
    return {"http": {"routers": {name: router}, "services": {name: balancer(address)}}}


def balancer(address: str) -> dict[str, Any]:
    return {"loadBalancer": {"servers": [{"url": f"http://{address}:80"}]}}


def both(*parts: dict[str, Any]) -> dict[str, Any]:
    http: dict[str, Any] = {}
    for part in parts:
        for kind, items in part["http"].items():
            http.setdefault(kind, {}).update(items)
    return {"http": http}


@pytest.mark.parametrize(
    ("standing", "declared", "owners", "undeclared"),
    [
        ([("app", "a")], {"app@1": ("app", "a")}, {"app": "app@1"}, []),
        ([("app", "a")], {}, {}, ["app: Host(`a`)"]),
        ([("app", "a")], {"app@1": ("app", "new")}, {"app": "app@1"}, []),
        ([("app", "a")], {"app@1": ("web", "A")}, {"app": "app@1"}, []),
        ([("app", "a")], {"app@1": ("web", "b")}, {}, ["app: Host(`a`)"]),
        # It moved from the VM 112, where another one had the name.
        ([("app-112", "a")], {"app@113": ("app", "b")}, {"app-112": "app@113"}, []),
        # Its namesake stays, so the other one is gone.
        ([("app", "a"), ("app-112", "b")], {"app@111": ("app", "a")}, {"app": "app@111"}, ["app-112: Host(`b`)"]),
        # Without a state the other one of the two comes first.
        (
            [("app", "b"), ("app-111", "a")],
            {"app@111": ("app", "a"), "app@112": ("app-112", "b")},
            {"app": "app@112", "app-111": "app@111"},
            [],
        ),
    ],
    ids=["same", "nobody", "new rule", "new name", "both new", "moved", "namesake left", "names exchanged"],
)
def test_who_declares_it(standing: Any, declared: Any, owners: dict[str, str], undeclared: list[str]) -> None:
    document = both(*(routes(name, host) for name, host in standing))
    found = standing_routes(document, {owner: routes(*one) for owner, one in declared.items()})
    assert {name: owner for owner, part in found.parts.items() for name in part["http"]["routers"]} == owners
    assert {name: owner for owner, part in found.parts.items() for name in part["http"]["services"]} == owners
    assert list(found.undeclared) == undeclared


def test_what_two_lead_to_is_whose_who_declares_it() -> None:
    gate = {"http": {"middlewares": {"gate": {"addPrefix": {"prefix": "/a"}}}}}
    one, two = routes("one", "1", middlewares=["gate@file"]), both(routes("two", "2", middlewares=["gate"]), gate)
    parts = {"one@1": one, "two@2": two}
    assert standing_routes(both(one, two), parts).parts == parts


def test_what_leads_to_the_vm_of_one_that_cannot_be_read_is_its_own() -> None:
    document = both(routes("app", "a", "10.0.0.5"), routes("other", "b", "10.0.0.6"))
    found = standing_routes(document, {"app@1": {}}, {"app@1": "10.0.0.5"})
    assert list(found.parts) == ["app@1"]
    assert found.undeclared == ("other: Host(`b`)",)


def test_other_protocols_are_told_by_their_names() -> None:
    udp = {"udp": {"routers": {"dns": {"service": "dns"}, "log": {"service": "dns"}}}}
    found = standing_routes(udp, {"dns@1": {"udp": {"routers": {"dns": {"service": "dns"}}}}})
    assert found.parts == {"dns@1": {"udp": {"routers": {"dns": {"service": "dns"}}}}}
    assert found.undeclared == ("log: udp",)
