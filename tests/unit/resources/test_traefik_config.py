"""The text of our file in Traefik's directory, as `check` derives it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.output import Unknown
from pulumi.runtime import rpc
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.stacks.leaving.leaving_stack import LeavingStack
from phoenix_providers.planning.traefik.file_text import to_text
from phoenix_providers.planning.traefik.label_decoding import read_labels
from phoenix_providers.planning.traefik.label_options import OPTIONS, Fields, Named, Scalar, Shape
from phoenix_providers.planning.traefik.line_by_line import plain
from phoenix_providers.resources.engine_values import from_engine, to_engine
from phoenix_providers.resources.packed_values import unpacked
from phoenix_providers.resources.traefik_config import PARTS, TraefikConfigProvider

OLD: dict[str, Any] = {"http": {"routers": {"portainer": {"rule": "Host(`a`)", "service": "x"}}}}
NEW: dict[str, Any] = {"http": {"routers": {"other": {"rule": "Host(`b`)", "service": "x"}}}}


def checked(olds: dict[str, Any], parts: dict[str, Any], kept: list[str], **more: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = TraefikConfigProvider().check(olds, {PARTS: parts, "kept": kept, **more}).inputs
    return {**inputs, PARTS: unpacked(inputs[PARTS])}


def test_what_is_kept_stays_as_it_was() -> None:
    inputs = checked({PARTS: {"portainer@110": OLD}}, {"portainer@110": {}, "other@111": NEW}, ["portainer@110"])
    assert inputs[PARTS] == {"portainer@110": OLD, "other@111": NEW}
    assert "Host(`a`)" in inputs["text"]
    assert "Host(`b`)" in inputs["text"]
    assert "kept" not in inputs


def test_the_routes_of_what_leaves_stay_while_what_takes_its_place_does_not_run() -> None:
    made = ClientsOfRun(Settings(), Credentials.from_raw({}))
    clients_of_run.use(made)
    made.notes.leaving = (
        LeavingStack("old@111", "old", "vm111", ("new@111", "newer@111")),
        LeavingStack("gone@111", "gone", "vm111"),
    )
    made.notes.failed = {"new@111"}
    olds = {PARTS: {"old@111": OLD, "gone@111": NEW}}
    assert checked(olds, {"new@111": {}}, [])[PARTS] == {"old@111": OLD, "new@111": {}}
    made.notes.failed = set()
    assert checked(olds, {"new@111": NEW}, [])[PARTS] == {"new@111": NEW}
    clients_of_run.use(None)


def test_who_cannot_be_reached_brings_no_routes_while_what_works_stays() -> None:
    made = ClientsOfRun(Settings(), Credentials.from_raw({}))
    clients_of_run.use(made)
    back_ends = {"new@112": ("backend@112:80",)}
    made.notes.leaving = (LeavingStack("old@111", "old", "vm111", ("new@112",), back_ends=back_ends),)
    made.notes.closed_connections = frozenset({"backend@112:80"})
    olds, expected = {PARTS: {"old@111": OLD}}, {"new@112": OLD}
    # In preview it is not known yet what it will publish.
    for part in (Unknown(), OLD):
        assert checked(olds, {"new@112": part}, [], expected=expected)[PARTS] == {"old@111": OLD, "new@112": {}}
    made.notes.closed_connections = frozenset({"backend@112:81"})
    assert checked(olds, {"new@112": OLD}, [], expected=expected)[PARTS] == {"new@112": OLD}
    clients_of_run.use(None)


def test_what_is_not_kept_goes() -> None:
    assert "Host(`a`)" not in checked({PARTS: {"portainer@110": OLD}}, {"portainer@110": {}}, [])["text"]


def test_nothing_can_be_kept_the_first_time() -> None:
    assert checked({}, {"portainer@110": {}}, ["portainer@110"])[PARTS] == {"portainer@110": {}}


def test_what_others_lead_to_stays_when_its_stack_leaves_and_a_preview_tells_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shared = {"http": {"middlewares": {"gw": {"addPrefix": {"prefix": "/a"}}, "own": {"addPrefix": {"prefix": "/b"}}}}}
    router = {"rule": "Host(`b`)", "service": "x@docker", "middlewares": ["gw@file"]}
    user = {"http": {"routers": {"user": router}}}
    olds = checked({}, {"gone@3": {"http": OLD["http"] | shared["http"]}, "user@1": user}, [])
    places = {"user@1": {"http.routers.user.middlewares": "stacks/user/phoenix.yaml:7"}}
    capsys.readouterr()
    first = checked(olds, {"user@1": user}, [], places=places)
    text = plain(first["text"])
    assert ("gw:" in text, "own:" in text, "Host(`a`)" in text) == (True, False, False)
    told = capsys.readouterr().err
    assert "warning: user@1: configuration: its routes lead to what no stack declares any more" in told
    assert "the middleware gw is what gone@3 has left behind" in told
    assert "stacks/user/phoenix.yaml:7" in told
    assert "held back" not in told
    # As it is published, and so what the next run begins with.
    left = {"http": {"middlewares": {"gw": shared["http"]["middlewares"]["gw"]}}}
    second = checked(first | {PARTS: {"gone@3": left, "user@1": user}}, {"user@1": user}, [], places=places)
    assert plain(second["text"]) == text
    free = {"http": {"routers": {"user": {**router, "middlewares": []}}}}
    assert "gw:" not in plain(checked(second | {PARTS: {"gone@3": left, "user@1": user}}, {"user@1": free}, [])["text"])


def test_what_traefik_could_not_load_is_not_left_behind() -> None:
    broken = {"http": {"middlewares": {"gw": {"addPrefix": {"prefiks": "/a"}}}}}
    user = {"http": {"routers": {"user": {"rule": "Host(`b`)", "service": "x@docker", "middlewares": ["gw"]}}}}
    inputs = checked({PARTS: {"gone@3": broken, "user@1": user}}, {"user@1": user}, [])
    assert "prefiks" not in inputs["text"]
    assert "Host(`b`)" in inputs["text"]


def test_a_stack_of_unknown_health_is_previewed_as_if_it_got_healthy() -> None:
    inputs = checked({}, {"a@1": Unknown(), "b@1": NEW}, [], expected={"a@1": OLD})
    assert inputs["text"] == checked({}, {"a@1": OLD, "b@1": NEW}, [])["text"]
    assert "expected" not in inputs


@pytest.mark.parametrize("olds", [{}, {"text": "other"}], ids=["first", "changed"])
def test_a_changed_text_is_stored_so_that_the_engine_shows_it_line_by_line(olds: dict[str, Any]) -> None:
    stored = checked(olds, {"a@1": OLD}, [])["text"]
    if olds:
        # The engine shows whatever reads as YAML as an object, with everything that did not change.
        with pytest.raises(YAMLError):
            YAML(typ="safe").load(stored)
    assert YAML(typ="safe").load(plain(stored)) == OLD


def test_a_text_that_did_not_change_is_no_change_in_whatever_form_it_is_stored() -> None:
    for olds in ({}, {"text": "other"}):
        first = checked(olds, {"a@1": OLD}, [])
        second = checked(first, {"a@1": OLD}, [])
        assert second == first
        assert not TraefikConfigProvider().diff("x", first, second).changes
    assert TraefikConfigProvider().diff("x", first, checked(first, {"a@1": NEW}, [])).changes


def test_a_route_that_has_to_be_answered_and_is_not_is_work_until_it_is() -> None:
    first = checked({}, {"a@1": OLD}, [], __follow={})
    demanded = checked(first, {"a@1": OLD}, [], __follow={"demanding": ["a@1"]})
    assert TraefikConfigProvider().diff("x", first, demanded).changes
    assert TraefikConfigProvider().diff("x", demanded | {"unanswered": {"a@1": "no answer"}}, demanded).changes
    assert not TraefikConfigProvider().diff("x", demanded | {"unanswered": {}}, demanded).changes


def integers(shape: Shape, prefix: str = "traefik") -> Iterator[str]:
    """Yield the label of every option that is a whole number."""
    if shape is Scalar.INTEGER:
        yield prefix
    elif isinstance(shape, Fields):
        for name, inner in shape.fields.items():
            # A middleware is of one kind only.
            yield from integers(inner, f"{prefix}{f'.{name}' if prefix.endswith('middlewares') else ''}.{name}")
    elif isinstance(shape, Named):
        yield from integers(shape.value, prefix if prefix.endswith("middlewares") else f"{prefix}.x")


@pytest.mark.parametrize("number", [0, 10, -1, 2**53 + 1, 2**63 - 1])
def test_every_whole_number_of_a_label_is_published_as_one_and_a_second_pass_is_empty(number: int) -> None:
    labels = {label: str(number) for label in integers(OPTIONS)}
    assert len(labels) > 30
    read = read_labels(labels)
    assert not read.problems
    for router in read.structure["http"]["routers"].values():
        router |= {"rule": "Host(`a`)", "service": "x"}
    for router in read.structure["tcp"]["routers"].values():
        router |= {"rule": "HostSNI(`*`)", "service": "x"}
    # In files there is a list of servers instead.
    dropped = len(read.structure["http"]["services"]["x"]["loadBalancer"].pop("server"))
    routes = wired(to_engine(read.structure))
    assert json.dumps(from_engine(routes), sort_keys=True) == json.dumps(read.structure, sort_keys=True)
    inputs = wired({"target": "/t", "file": "f.yml", PARTS: {"a@1": routes}, "kept": [], "expected": {}})
    first = wired(TraefikConfigProvider().check({}, inputs).inputs)
    assert plain(first["text"]) == to_text(read.structure)
    assert plain(first["text"]).count(f" {number}\n") == len(labels) - dropped
    second = wired(TraefikConfigProvider().check(first, inputs).inputs)
    assert second == first
    assert not TraefikConfigProvider().diff("x", first, second).changes


def wired(properties: Any) -> Any:
    """Send properties through the SDK's own serialization, as between a provider and the engine."""
    loop = asyncio.new_event_loop()
    try:
        structure = loop.run_until_complete(rpc.serialize_properties(properties, {}))
    finally:
        loop.close()
    return rpc.deserialize_properties(structure, True)
