"""What is wrong with one stack's routes holds back that stack alone, whoever notices it; with the real Traefik."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from phoenix_providers.errors import RevertedError
from phoenix_providers.operations.stacks.leaving.making_room import MakingRoom
from phoenix_providers.operations.traefik.publication import publish, publish_parts
from phoenix_providers.planning.stacks.leaving.leaving_stack import LeavingStack
from phoenix_providers.planning.traefik.file_names import INFRASTRUCTURE_FILE, STACKS_FILE
from phoenix_providers.planning.traefik.file_structure import FILE
from phoenix_providers.planning.traefik.file_text import to_document, to_text
from phoenix_providers.planning.traefik.label_options import BOOLEAN
from phoenix_providers.planning.traefik.merge import merge_routes

QUICK = 5.0
Parts = dict[str, Any]


def routes(name: str, rule: str = "", **more: Any) -> Parts:
    router = {"rule": rule or f"Host(`{name}.home.example`)", "service": name, "entryPoints": ["web"], **more}
    return {"http": {"routers": {name: router}, "services": {name: _service()}}}


def _service() -> Parts:
    return {"loadBalancer": {"servers": [{"url": "http://127.0.0.1:1"}]}}


def _x() -> Parts:
    return {"addPrefix": {"prefix": "/x"}}


def guarded(name: str, **middleware: Any) -> Parts:
    document = routes(name, f"Host(`new-{name}.home.example`)", middlewares=[f"m-{name}"])
    document["http"]["middlewares"] = {f"m-{name}": middleware}
    return document


def unknown_entry_point(name: str) -> Parts:
    return routes(name, f"Host(`new-{name}.home.example`)", entryPoints=["wep"])


def two_kinds(name: str) -> Parts:
    return guarded(name, addPrefix={"prefix": "/a"}, stripPrefix={"prefixes": ["/a"]})


def missing_users(name: str) -> Parts:
    return guarded(name, basicAuth={"usersFile": "/nowhere/users"})


def no_colon(name: str) -> Parts:
    return guarded(name, basicAuth={"users": ["nocolon"]})


def unknown_plugin(name: str) -> Parts:
    return guarded(name, plugin={"nobody": {"has": "it"}})


def of_the_future(name: str) -> Parts:
    """An option that this Traefik does not know, as an older one does not know today's: it loads nothing at all."""
    return guarded(name, compress={"ofTheFuture": True})


FAULTS: Mapping[str, tuple[Callable[[str], Parts], str]] = {
    "entry-point@1": (unknown_entry_point, "Traefik has no entry point wep"),
    "two-kinds@1": (two_kinds, "it has to be of one kind"),
    "users@1": (missing_users, "open /nowhere/users"),
    "colon@1": (no_colon, "error parsing BasicUser"),
    "plugin@1": (unknown_plugin, "unknown plugin type"),
    "future@1": (of_the_future, "it loads no file at all"),
}


@pytest.fixture(autouse=True)
def _future(monkeypatch: pytest.MonkeyPatch) -> None:
    compress = FILE.fields["http"].fields["middlewares"].value.fields["compress"]
    monkeypatch.setitem(compress.fields, "ofTheFuture", BOOLEAN)


@pytest.fixture
def go(traefik, harness):
    def run(parts: Parts, before: Parts | None = None) -> Any:
        props = {"target": str(traefik.dynamic), "api": traefik.api, "file": STACKS_FILE, "text": "", "parts": parts}
        quick = harness.connections(harness.PacedClock(QUICK))
        return publish_parts(quick, props, before or {}, lambda _: None)

    return run


def on_disk(traefik) -> Any:
    path = traefik.dynamic / STACKS_FILE
    return to_document(path.read_text()) if path.exists() else {}


def short(owner: str) -> str:
    return owner.partition("@")[0]


# What we judge and what Traefik judges; what it says, and what it is silent about; and all at once.
SUBSETS = [
    ("users@1",),
    ("future@1",),
    ("users@1", "plugin@1"),
    ("entry-point@1", "colon@1"),
    ("two-kinds@1", "plugin@1", "future@1"),
    tuple(FAULTS),
]


@pytest.mark.parametrize(
    ("faulty", "had"),
    [*((subset, True) for subset in SUBSETS), *((subset, False) for subset in (SUBSETS[0], SUBSETS[-1]))],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "published before" if value else "first",
)
def test_any_faulty_stacks_are_held_back_alone(traefik, go, faulty: tuple[str, ...], had: bool) -> None:
    healthy = ["healthy@1", "well@2"]
    before = {owner: routes(short(owner)) for owner in (*healthy, *faulty)} if had else {}
    if had:
        assert not go(before).refused
    wanted = {owner: FAULTS[owner][0](short(owner)) for owner in faulty}
    wanted |= {owner: routes(short(owner), f"Host(`new-{short(owner)}.home.example`)") for owner in healthy}
    published = go(wanted, before)
    assert set(published.refused) == set(faulty)
    for owner, faults in published.refused.items():
        assert FAULTS[owner][1] in " ".join(map(str, faults))
    live = traefik.routers()
    for owner in healthy:
        assert live[f"{short(owner)}@file"]["rule"] == f"Host(`new-{short(owner)}.home.example`)"
    for owner in faulty:
        assert (f"{short(owner)}@file" in live) is had
        if had:
            assert live[f"{short(owner)}@file"]["rule"] == f"Host(`{short(owner)}.home.example`)"
    assert {item["status"] for item in live.values() if item["provider"] == "file"} == {"enabled"}
    assert on_disk(traefik) == merge_routes(published.parts.values()) == to_document(published.text)
    if not had or len(faulty) < 3:
        return
    # What was published is what the next run begins with.
    again = go(wanted, dict(published.parts))
    assert set(again.refused) == set(faulty)
    assert again.text == published.text


def test_a_router_fails_for_the_middleware_of_another_stack(traefik, go) -> None:
    """Only who brings the broken middleware is held back, not who uses it and not who is new as well."""
    owner = routes("owner")
    owner["http"]["middlewares"] = {"shared": {"addPrefix": {"prefix": "/a"}}}
    before = {"owner@1": owner, "user@1": routes("user", middlewares=["shared"]), "new@1": routes("new")}
    go(before)
    broken = {"http": {**owner["http"], "middlewares": {"shared": {"basicAuth": {"usersFile": "/nowhere/users"}}}}}
    changed = routes("user", "Host(`moved.home.example`)", middlewares=["shared@file"])
    wanted = {"owner@1": broken, "user@1": changed, "new@1": routes("new", "Host(`moved-too.home.example`)")}
    published = go(wanted, before)
    assert set(published.refused) == {"owner@1"}
    live = traefik.routers()
    assert live["user@file"]["rule"] == "Host(`moved.home.example`)"
    assert live["new@file"]["rule"] == "Host(`moved-too.home.example`)"
    assert {live[f"{name}@file"]["status"] for name in ("user", "new", "owner")} == {"enabled"}


def test_what_leaves_stays_while_another_stack_leads_to_it(traefik, go) -> None:
    owner = routes("one")
    owner["http"]["middlewares"] = {"prefix": {"addPrefix": {"prefix": "/a"}}}
    before = {"one@1": owner, "two@1": routes("two", middlewares=["prefix@file"])}
    go(before)
    published = go({"one@1": routes("one", "Host(`moved.home.example`)"), "two@1": before["two@1"]}, before)
    assert set(published.refused) == {"one@1"}
    assert "http.routers.two.middlewares of two@1 still leads to it" in str(published.refused["one@1"][0])
    assert traefik.routers()["two@file"]["status"] == "enabled"
    both = {"one@1": routes("one"), "two@1": routes("two")}
    assert not go(both, before).refused


def defining(name: str, **middlewares: Any) -> Parts:
    document = routes(name)
    document["http"]["middlewares"] = middlewares
    return document


def test_what_others_lead_to_stays_when_its_stack_leaves(traefik, go) -> None:
    """However far they lead; who refers to it is told, run for run, until somebody declares it or nobody refers."""
    gone = defining(
        "gone", gw={"chain": {"middlewares": ["inner"]}}, inner={"addPrefix": {"prefix": "/a"}}, unused=_x()
    )
    before = {
        "gone@3": gone,
        "full@1": routes("full", middlewares=["gw@file"]),
        "short@1": routes("short", middlewares=["gw"]),
        "well@2": routes("well"),
        "served@2": {
            "http": {"routers": {"served": {"rule": "Host(`served`)", "service": "gone@file", "entryPoints": ["web"]}}}
        },
    }
    go(before)
    wanted = {owner: part for owner, part in before.items() if owner != "gone@3"}
    wanted["full@1"] = routes("full", "Host(`moved.home.example`)", middlewares=["gw@file"])
    wanted["new@2"] = routes("new", middlewares=["unused"])
    published = go(wanted, before)
    assert set(published.refused) == {"full@1", "short@1", "served@2", "new@2"}
    assert "the middleware gw is what gone@3 has left" in str(published.refused["short@1"][0])
    assert "there is no middleware unused" in str(published.refused["new@2"][0])
    live = traefik.routers()
    assert {name for name in live if name.endswith("@file")} == {
        f"{x}@file" for x in ("full", "short", "well", "served")
    }
    assert {item["status"] for item in live.values() if item["provider"] == "file"} == {"enabled"}
    assert live["full@file"]["rule"] == "Host(`moved.home.example`)"
    left = {"middlewares": {name: gone["http"]["middlewares"][name] for name in ("gw", "inner")}}
    assert published.parts["gone@3"] == {"http": left | {"services": gone["http"]["services"]}}
    again = go(wanted, dict(published.parts))
    assert (again.text, again.refused) == (published.text, published.refused)
    # Another stack brings it, and another one refers to it no more.
    other = defining("other", gw={"addPrefix": {"prefix": "/b"}})
    cured = go({**wanted, "served@2": routes("served"), "new@2": {}, "other@4": other}, dict(published.parts))
    assert not cured.refused
    assert set(on_disk(traefik)["http"]["middlewares"]) == {"gw"}
    assert {item["status"] for item in traefik.routers().values() if item["provider"] == "file"} == {"enabled"}


def test_what_is_left_goes_once_a_file_of_somebody_else_has_it(traefik, go) -> None:
    before = {"gone@3": defining("gone", gw=_x()), "user@1": routes("user", middlewares=["gw@file"])}
    go(before)
    published = go({"user@1": before["user@1"]}, before)
    assert set(published.refused) == {"user@1"}
    traefik.put("mine.yml", to_text({"http": {"middlewares": {"gw": _x()}}}))
    cured = go({"user@1": before["user@1"]}, dict(published.parts))
    assert not cured.refused
    assert "middlewares" not in on_disk(traefik)["http"]
    assert traefik.routers()["user@file"]["status"] == "enabled"


def test_who_makes_room_leaves_what_others_lead_to_and_no_mistake_of_theirs_stops_it(
    traefik, go, harness, tmp_path
) -> None:
    users = tmp_path / "users"
    users.write_text("user:x")
    before = {
        "gone@3": defining("gone", gw=_x(), own=_x()),
        "user@1": routes("user", middlewares=["gw@file"]),
        "old@1": guarded("old", basicAuth={"usersFile": str(users)}),
    }
    go(before)
    users.unlink()
    connections = harness.connections(harness.PacedClock(QUICK))
    names = {kind: tuple(items) for kind, items in before["gone@3"]["http"].items()}
    target, api = str(traefik.dynamic), traefik.api
    leaving = LeavingStack("gone@3", "gone-production", "vm3", routes={"http": names}, target=target, api=api)
    connections.notes.leaving = (leaving,)
    for _ in range(2):
        assert MakingRoom(connections, "vm3", "new@3").withdraw("gone-production")
        assert set(on_disk(traefik)["http"]["routers"]) == {"user", "old"}
        assert set(on_disk(traefik)["http"]["middlewares"]) == {"gw", "m-old"}
        live = traefik.routers()
        assert "gone@file" not in live
        assert live["user@file"]["status"] == "enabled"


def test_who_had_the_same_mistake_before_keeps_it_and_holds_nobody_back(traefik, go, tmp_path) -> None:
    users = tmp_path / "users"
    users.write_text("user:x")
    old = guarded("old", basicAuth={"usersFile": str(users)})
    before = {"old@1": old, "new@1": routes("new")}
    go(before)
    users.unlink()
    wanted = {"old@1": old, "new@1": routes("new", "Host(`moved.home.example`)")}
    published = go(wanted, before)
    assert set(published.refused) == {"old@1"}
    assert published.parts["old@1"] == old
    assert traefik.routers()["new@file"]["rule"] == "Host(`moved.home.example`)"


def test_while_traefik_loads_nothing_nobody_is_to_blame(traefik, go) -> None:
    """What keeps it from loading is hidden in a template, so that nobody can see it from here."""
    before = {"one@1": routes("one"), "two@1": routes("two")}
    go(before)
    text = (traefik.dynamic / STACKS_FILE).read_text()
    traefik.put("mine.yml", "# {{ now }}\nhttp:\n  routers: {}\n")
    with pytest.raises(RevertedError, match="Traefik did not take"):
        go({"one@1": routes("one", "Host(`a`)"), "two@1": routes("two", "Host(`b`)")}, before)
    assert (traefik.dynamic / STACKS_FILE).read_text() == text


def test_the_infrastructure_takes_a_name_and_no_route_is_gone_for_a_moment(traefik, go, harness) -> None:
    """Traefik would take one of two items of one name: the stack's gets another one first."""
    go({"app@111": routes("guest-router")})
    mine = routes("guest-router", "Host(`guest.home.example`)")
    props = {"target": str(traefik.dynamic), "api": traefik.api, "file": INFRASTRUCTURE_FILE}
    publish(harness.connections(), {**props, "text": to_text(mine)}, lambda _: None)
    rules = {item["rule"] for item in traefik.routers().values() if item["provider"] == "file"}
    assert rules == {"Host(`guest.home.example`)", "Host(`guest-router.home.example`)"}
    published = go({"app@111": routes("guest-router")}, {"app@111": routes("guest-router")})
    assert set(published.parts["app@111"]["http"]["routers"]) == {"guest-router-111"}
    rules = {item["rule"] for item in traefik.routers().values() if item["provider"] == "file"}
    assert rules == {"Host(`guest.home.example`)", "Host(`guest-router.home.example`)"}
