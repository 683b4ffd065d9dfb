"""A first run over one of our files that is there already: nothing of it is lost without a word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi.output import Unknown

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.run_scope import MEANT_VARIABLE
from phoenix_providers.planning.safety import ALLOW_DELETE_VARIABLE
from phoenix_providers.planning.traefik.file_names import INFRASTRUCTURE_FILE, STACKS_FILE
from phoenix_providers.planning.traefik.file_text import to_document, to_text
from phoenix_providers.planning.traefik.line_by_line import plain
from phoenix_providers.planning.traefik.merge import merge_routes
from phoenix_providers.resources.packed_values import unpacked
from phoenix_providers.resources.traefik_config import PARTS, TraefikConfigProvider


def routes(name: str) -> dict[str, Any]:
    router = {"rule": f"Host(`{name}`)", "service": name}
    service = {"loadBalancer": {"servers": [{"url": "http://10.0.0.5:80"}]}}
    return {"http": {"routers": {name: router}, "services": {name: service}}}


A, B = routes("a"), routes("b")
STAYS = {"a@1": {"routes": A, "stays": True}, "b@1": {"routes": B, "stays": True}}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    clients_of_run.use(ClientsOfRun(Settings(), Credentials.from_raw({})))
    (tmp_path / STACKS_FILE).write_text(to_text(merge_routes([A, B])))
    yield tmp_path
    clients_of_run.use(None)


def checked(folder: Path, olds: dict[str, Any], parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    news = {"target": str(folder), "file": STACKS_FILE, PARTS: parts, "declared": STAYS, **more}
    inputs = TraefikConfigProvider().check(olds, news).inputs
    return {**inputs, PARTS: unpacked(inputs[PARTS])}


def routers(inputs: dict[str, Any]) -> set[str]:
    return set((to_document(plain(inputs["text"])).get("http") or {}).get("routers") or ())


def test_who_brings_no_routes_yet_keeps_those_that_stand_there_until_it_does(folder: Path) -> None:
    first = checked(folder, {}, {"a@1": A, "b@1": {}}, expected={"a@1": A, "b@1": B})
    assert routers(first) == {"a", "b"}
    assert first[PARTS]["b@1"] == B
    second = checked(folder, first, {"a@1": {}, "b@1": {}}, expected={"a@1": A, "b@1": B})
    assert routers(second) == {"b"}, "what brought its own goes by what it brings"
    third = checked(folder, second, {"a@1": A, "b@1": routes("c")})
    assert routers(third) == {"a", "c"}
    assert routers(checked(folder, third, {"a@1": A, "b@1": {}})) == {"a"}


@pytest.mark.parametrize("part", [{}, Unknown()], ids=["run", "preview"])
def test_who_is_blocked_keeps_what_stands_there(folder: Path, part: Any) -> None:
    first = checked(folder, {}, {"a@1": A, "b@1": part}, kept=["b@1"])
    assert routers(first) == {"a", "b"}
    assert routers(checked(folder, first, {"a@1": A, "b@1": part}, kept=["b@1"])) == {"a", "b"}


def test_whose_routes_cannot_be_read_keeps_what_leads_to_its_vm(folder: Path) -> None:
    declared = {"a@1": STAYS["a@1"], "b@1": {"routes": {}, "stays": True, "address": "10.0.0.5"}}
    assert routers(checked(folder, {}, {"a@1": A, "b@1": {}}, kept=["b@1"], declared=declared)) == {"a", "b"}


def test_what_is_held_without_routes_or_leaves_is_withdrawn(folder: Path) -> None:
    declared = {"a@1": STAYS["a@1"], "b@1": {"routes": B, "stays": False}}
    assert routers(checked(folder, {}, {"a@1": A, "b@1": {}}, declared=declared)) == {"a"}
    assert routers(checked(folder, {}, {"a@1": A}, declared=declared)) == {"a"}


def test_a_run_for_one_stack_leaves_those_of_all_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEANT_VARIABLE, "a@1")
    first = checked(folder, {}, {"a@1": A})
    assert routers(first) == {"a", "b"}
    monkeypatch.delenv(MEANT_VARIABLE)
    assert routers(checked(folder, first, {"a@1": A, "b@1": {}}, expected={"b@1": B})) == {"a", "b"}


def test_what_nobody_declares_is_refused_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"a@1": STAYS["a@1"]}
    with pytest.raises(Exception, match=r"b: Host\(`b`\)") as raised:
        checked(folder, {}, {"a@1": Unknown()}, declared=one)
    assert type(raised.value).__name__ == "refused"
    assert "phoenix sync all --allow-delete 1\n" in str(raised.value)
    monkeypatch.setenv(ALLOW_DELETE_VARIABLE, "2")
    with pytest.raises(Exception, match=r"b: Host\(`b`\)"):
        checked(folder, {}, {"a@1": A}, declared=one)
    monkeypatch.setenv(ALLOW_DELETE_VARIABLE, "1")
    assert routers(checked(folder, {}, {"a@1": A}, declared=one)) == {"a"}


def test_a_route_of_a_guest_that_nobody_declares_is_refused_as_well(folder: Path) -> None:
    (folder / INFRASTRUCTURE_FILE).write_text(to_text(merge_routes([A, B])))
    parts = {"infrastructure": A}
    declared = {"infrastructure": {"routes": A}}
    with pytest.raises(Exception, match="a guest with this traefik_service"):
        checked(folder, {}, parts, file=INFRASTRUCTURE_FILE, declared=declared)
    of_a_stack = {**declared, "b@1": STAYS["b@1"]}
    clients_of_run.use(ClientsOfRun(Settings(), Credentials.from_raw({})))
    assert routers(checked(folder, {}, parts, file=INFRASTRUCTURE_FILE, declared=of_a_stack)) == {"a"}


def test_one_number_is_asked_for_both_files_and_all_of_it_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / INFRASTRUCTURE_FILE).write_text(to_text(merge_routes([A, routes("nas")])))
    guests = {"infrastructure": {"routes": A}}
    for allowed in ("", "1"):
        monkeypatch.setenv(ALLOW_DELETE_VARIABLE, allowed)
        with pytest.raises(Exception, match=r"nas: Host\(`nas`\)\n *b: Host\(`b`\)") as raised:
            checked(folder, {}, {"infrastructure": A}, file=INFRASTRUCTURE_FILE, declared=guests)
        assert "phoenix sync all --allow-delete 2\n" in str(raised.value)
    monkeypatch.setenv(ALLOW_DELETE_VARIABLE, "2")
    first = checked(folder, {}, {"infrastructure": A}, file=INFRASTRUCTURE_FILE, declared=guests)
    assert routers(first) == {"a"}
    (folder / INFRASTRUCTURE_FILE).write_text(plain(first["text"]))
    assert routers(checked(folder, {}, {"a@1": A}, declared={"a@1": STAYS["a@1"]})) == {"a"}


@pytest.mark.parametrize(("before", "refused"), [("elsewhere", True), ("", False)])
def test_another_directory_is_looked_at_as_well(folder: Path, before: str, refused: bool) -> None:
    olds = {PARTS: {"a@1": A}, "target": before or str(folder)}
    one = {"a@1": STAYS["a@1"]}
    if refused:
        with pytest.raises(Exception, match=r"b: Host\(`b`\)"):
            checked(folder, olds, {"a@1": A}, declared=one)
    else:
        assert routers(checked(folder, olds, {"a@1": A}, declared=one)) == {"a"}


def test_a_file_that_could_not_be_looked_at_is_not_overwritten(folder: Path) -> None:
    away = folder.rename(folder.with_name("away"))
    inputs = checked(folder, {}, {"a@1": A})
    away.rename(folder)
    with pytest.raises(Exception, match="could not be looked at"):
        TraefikConfigProvider().create({**inputs, "api": ""})
    assert set(to_document((folder / STACKS_FILE).read_text())["http"]["routers"]) == {"a", "b"}


@pytest.mark.parametrize("text", ["", "http: {}\n"], ids=["empty", "refused by Traefik"])
def test_a_file_that_serves_nothing_loses_nothing(folder: Path, text: str) -> None:
    (folder / STACKS_FILE).write_text(text)
    assert routers(checked(folder, {}, {"a@1": A}, declared={"a@1": STAYS["a@1"]})) == {"a"}


@pytest.mark.parametrize(
    "text",
    [
        "http: [\n",
        'http: {routers: {b: {rule: "Host(`b`)", service: s, priority: "5"}}}\n',
        'http: {routers: {b: {Rule: "Host(`b`)", service: s}}}\n',
        'http: {routers: {b: {rule: "Host(`{{ env `X` }}`)", service: s}}}\n',
    ],
)
def test_what_cannot_be_read_is_not_taken_for_nothing(folder: Path, text: str) -> None:
    (folder / STACKS_FILE).write_text(text)
    with pytest.raises(
        Exception, match="is there already, and a first run would replace what cannot be read"
    ) as raised:
        checked(folder, {}, {"a@1": A})
    assert type(raised.value).__name__ == "refused"


def test_what_only_files_of_others_lead_to_is_named(folder: Path) -> None:
    own = {"http": {"middlewares": {"auth": {"basicAuth": {"users": ["x:y"]}}, "idle": {"compress": {}}}}}
    (folder / STACKS_FILE).write_text(to_text(merge_routes([A, own])))
    mine = 'http: {routers: {mine: {rule: "Host(`m`)", service: a@file, middlewares: [%s]}}}\n'
    (folder / "mine.yml").write_text(mine % "auth@file")
    with pytest.raises(Exception, match=r"middleware auth: mine\.yml leads to it") as raised:
        checked(folder, {}, {"a@1": A})
    assert "--allow-delete 1\n" in str(raised.value)
    assert "idle" not in str(raised.value)
    (folder / "mine.yml").write_text(mine % "other@docker")
    assert routers(checked(folder, {}, {"a@1": A})) == {"a"}
