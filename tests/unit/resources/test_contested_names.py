"""Names and rules that two stacks claim: whoever has one keeps it, in scoped runs and beside blocked stacks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_providers.operations.run_scope import MEANT_VARIABLE
from phoenix_providers.planning.routes.names import RouteNames, names_in, settled_parts
from phoenix_providers.planning.traefik.file_text import to_document
from phoenix_providers.planning.traefik.line_by_line import plain
from phoenix_providers.resources.packed_values import unpacked
from phoenix_providers.resources.traefik_config import PARTS, TraefikConfigProvider

HOME, VAULT = "homepage@111", "vaultwarden@112"


def routes(name: str, host: str, middleware: str = "") -> dict[str, Any]:
    router = {"rule": f"Host(`{host}`)", "service": name} | ({"middlewares": [middleware]} if middleware else {})
    services = {name: {"loadBalancer": {"servers": [{"url": f"http://{host}"}]}}}
    http: dict[str, Any] = {"routers": {name: router}, "services": services}
    if middleware:
        http["middlewares"] = {middleware: {"addPrefix": {"prefix": f"/{host}"}}}
    return {"http": http}


def checked(before: dict[str, Any], parts: dict[str, Any], kept: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    news = {PARTS: parts, "kept": list(kept), "file": "f", **more}
    inputs = TraefikConfigProvider().check({PARTS: before}, news).inputs
    return {**inputs, PARTS: unpacked(inputs[PARTS])}


def answered(inputs: dict[str, Any]) -> dict[str, str]:
    """Return the back end of each rule."""
    http = to_document(plain(inputs["text"]))["http"]
    back_ends = {name: item["loadBalancer"]["servers"][0]["url"] for name, item in http["services"].items()}
    return {router["rule"]: back_ends[router["service"]] for router in http["routers"].values()}


@pytest.fixture
def meant(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(MEANT_VARIABLE, f"{HOME} environment@111")
    yield
    assert os.environ[MEANT_VARIABLE]


BEFORE = {HOME: routes("homepage", "home"), VAULT: routes("vaultwarden", "vault")}


@pytest.mark.parametrize("kept", [(), (VAULT,)], ids=["its old output", "kept"])
def test_a_name_stays_with_who_has_it(kept: tuple[str, ...]) -> None:
    taking = {HOME: routes("vaultwarden", "home"), VAULT: routes("vaultwarden", "vault")}
    first = checked(BEFORE, taking, kept)
    assert answered(first) == {"Host(`home`)": "http://home", "Host(`vault`)": "http://vault"}
    assert first[PARTS][VAULT] == BEFORE[VAULT]
    assert set(first[PARTS][HOME]["http"]["routers"]) == {"vaultwarden-111"}
    again = checked(first[PARTS], taking, kept)
    assert again[PARTS] == first[PARTS]


def test_a_name_that_is_given_up_in_the_same_run_is_free() -> None:
    inputs = checked(BEFORE, {HOME: routes("vaultwarden", "home"), VAULT: routes("vault", "vault")})
    assert set(inputs[PARTS][HOME]["http"]["routers"]) == {"vaultwarden"}


def test_names_that_change_hands_within_one_run_lose_nobody() -> None:
    swapped = {HOME: routes("vaultwarden", "home"), VAULT: routes("homepage", "vault")}
    assert answered(checked(BEFORE, swapped)) == {"Host(`home`)": "http://home", "Host(`vault`)": "http://vault"}


def test_references_follow_a_name(meant: None) -> None:
    before = {HOME: routes("a", "home"), VAULT: routes("b", "vault", "auth")}
    inputs = checked(before, {HOME: routes("a", "home", "auth"), VAULT: before[VAULT]})
    http = inputs[PARTS][HOME]["http"]
    assert http["routers"]["a"]["middlewares"] == ["auth-111"] == list(http["middlewares"])
    assert inputs[PARTS][VAULT] == before[VAULT]


def test_names_of_our_other_file_are_never_taken() -> None:
    beside = "http:\n  routers:\n    homepage:\n      rule: Host(`guest`)\n      service: x\n"
    inputs = checked(BEFORE, BEFORE, beside=beside)
    assert set(inputs[PARTS][HOME]["http"]["routers"]) == {"homepage-111"}
    assert answered(inputs)["Host(`home`)"] == "http://home"


def test_a_run_for_one_stack_leaves_the_routes_of_all_others(meant: None) -> None:
    """Also of one whose newer routes wait for a full run, and of one that the files have no more."""
    gone = "gone@113"
    before = {**BEFORE, gone: routes("gone", "gone")}
    parts = {HOME: routes("homepage", "new-home"), VAULT: routes("vaultwarden", "new-vault"), "new@1": {}}
    inputs = checked(before, parts)
    assert inputs[PARTS] == {**before, HOME: parts[HOME], "new@1": {}}


@pytest.mark.parametrize("kept", [(), (VAULT,)], ids=["scoped", "beside a blocked one"])
def test_a_rule_stays_with_who_has_it_and_the_other_is_told_before_anything_is_written(
    kept: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    places = {HOME: {"http.routers.homepage.rule": "phoenix.yaml:7"}}
    inputs = checked(BEFORE, {HOME: routes("homepage", "vault"), VAULT: BEFORE[VAULT]}, kept, places=places)
    assert answered(inputs) == {"Host(`home`)": "http://home", "Host(`vault`)": "http://vault"}
    told = capsys.readouterr().err
    assert told.startswith("configuration: Traefik would not take its routes: http.routers.vaultwarden.rule of ")
    assert " phoenix.yaml:7 http.routers.homepage.rule" in told
    assert "the new routes of homepage@111 are held back" in told


def test_a_mistake_of_structure_holds_back_one_stack(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = routes("homepage", "home", "m")
    wrong["http"]["middlewares"]["m"]["compress"] = {}
    inputs = checked(BEFORE, {HOME: wrong, VAULT: routes("vaultwarden", "new")})
    assert answered(inputs) == {"Host(`home`)": "http://home", "Host(`new`)": "http://vault" and "http://new"}
    assert "it has to be of one kind, and is of 2" in capsys.readouterr().err


NAMES = st.sampled_from(["a", "b", "a-1", "a-2", "b-1", "a-1-2"])
PARTS_OF_SOME = st.dictionaries(
    st.sampled_from(["x@1", "y@2", "z@1"]),
    st.lists(NAMES, unique=True, max_size=4).map(lambda names: {"http": {"routers": {name: {} for name in names}}}),
)


@given(parts=PARTS_OF_SOME, before=PARTS_OF_SOME, reserved=st.sets(NAMES))
def test_no_name_is_ever_lost(parts: Any, before: Any, reserved: set[str]) -> None:
    names = RouteNames()
    published = {owner: names.settle(part, owner) for owner, part in before.items()}
    ours = [("http", "routers", name) for name in reserved]
    settled = settled_parts(parts, published, ours)
    flat = [name for part in settled.values() for name in names_in(part)]
    assert len(flat) == len(set(flat)) == sum(len(part["http"]["routers"]) for part in parts.values())
    assert not set(flat) & set(ours)
    for owner, part in published.items():
        still = set(names_in(part)) & set(names_in(parts.get(owner, {}))) - set(ours)
        assert still <= set(names_in(settled.get(owner, {})))
    assert settled_parts(parts, settled, ours) == settled


@pytest.mark.usefixtures("meant")
def test_what_was_renamed_is_no_other_in_a_run_for_it() -> None:
    """Its routes are its own, under its new name; those of all others stay."""
    former = {HOME: "start@111", "other@113": VAULT}
    before = {"start@111": routes("homepage", "home"), VAULT: routes("vaultwarden", "vault")}
    first = checked(before, {HOME: routes("homepage", "home")}, former=former)
    assert first[PARTS] == {HOME: routes("homepage", "home"), VAULT: before[VAULT]}
    assert "former" not in first
