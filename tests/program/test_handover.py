"""Stacks that leave, as the engine is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ROUTES = {"http": {"routers": {"homepage": {"rule": "Host(`home.home.example`)"}}}}


def renamed(tmp_path: Path, word: str) -> dict[str, Any]:
    """The example site with its stack `miniflux` under another name."""
    config = shutil.copytree(ROOT / "config", tmp_path / "config")
    (config / "stacks" / "miniflux").rename(config / "stacks" / "reader")
    vms = config / "vms.yaml"
    vms.write_text(vms.read_text().replace("- miniflux", "- reader"))
    manifest = config / "stacks" / "reader" / "phoenix.yaml"
    manifest.write_text(f"{manifest.read_text()}\n{word}\n")
    return {"configDir": str(config)}


def recorded() -> dict[str, Any]:
    compose = (ROOT / "config" / "stacks" / "miniflux" / "docker-compose.yml").read_text()
    old = {
        "compose": compose,
        "environment": "apps",
        "environment_id": 2,
        "project": "miniflux-production",
        "stack_id": 7,
        "live_routes": ROUTES,
    }
    return {"miniflux@111": old, "last-word-1": {}, "last-word-2": {}, "hosts@pve": {"entry": []}}


def test_what_is_not_to_start_empty_is_blocked_and_its_former_self_stays(
    run_program: Callable[..., Any], tmp_path: Path
) -> None:
    declared = run_program(renamed(tmp_path, ""), state=recorded())
    assert "would start with empty volumes" in declared.inputs["reader@111"]["blocked"]
    assert "reader@111, which takes its place, is blocked or held" in declared.inputs["miniflux@111"]["blocked"]
    assert declared.direct["miniflux@111"] == {"environment@111"}
    names = [stack["name"] for stack in declared.inputs["inventory"]["stacks"]]
    assert {"miniflux@111", "reader@111"} <= set(names)
    assert "leaving" not in declared.inputs["inventory"]
    assert declared.inputs["verdict"]["leaving"] == []
    # What it needs of its machine's firewall and of the names is unknown, so that stays, too.
    assert "rules" in declared.kept["rules@111"]
    assert declared.kept["inventory"] == ["records"]
    assert "miniflux@111" in declared.inputs["traefik-stacks"]["__parts"]


def test_with_the_word_it_leaves_and_may_have_to_make_room(run_program: Callable[..., Any], tmp_path: Path) -> None:
    settings = renamed(tmp_path, "x-phoenix: {empty_volumes: true}")
    declared = run_program(settings, state=recorded())
    assert declared.inputs["reader@111"]["blocked"] == ""
    (leaving,) = declared.inputs["inventory"]["leaving"]
    assert (leaving["project"], leaving["environment"]) == ("miniflux-production", "apps")
    assert leaving["blocked"] == []
    # Values may be secret.
    arriving = declared.inputs["inventory"]["arriving"]["value"]["reader@111"]
    assert arriving["project"] == "reader-production"
    assert arriving["env"] == declared.inputs["reader@111"]["env"]["value"]
    assert arriving["compose"] == declared.inputs["reader@111"]["compose"]
    assert leaving["routes"] == {"http": {"routers": ["homepage"]}}
    assert declared.inputs["verdict"]["leaving"] == ["miniflux@111"]
    scoped = run_program(
        settings, state=recorded(), scope="reader@111 environment@111 traefik-stacks verdict inventory"
    )
    assert "leaving" not in scoped.inputs["inventory"]


def test_a_former_name_goes_on_with_what_the_state_has(run_program: Callable[..., Any], tmp_path: Path) -> None:
    config = shutil.copytree(ROOT / "config", tmp_path / "config")
    vms = config / "vms.yaml"
    vms.write_text(vms.read_text().replace("  - vmid: 111\n", "  - vmid: 211\n    was: 111\n"))
    old = recorded()["miniflux@111"] | {"environment": "apps"}
    state = recorded() | {"miniflux@111": old, "environment@111": {}}
    declared = run_program({"configDir": str(config)}, state=state)
    assert declared.former["miniflux@211"] == ["miniflux@111"]
    assert declared.former["environment@211"] == ["environment@111"]
    assert declared.former["homepage@211"] == []
    assert "miniflux@111" not in declared.inputs["verdict"]["leaving"]
    renames = declared.inputs["inventory"]["renamed"]
    assert renames == {"miniflux@211": "miniflux@111", "environment@211": "environment@111"}


def test_what_takes_a_route_to_another_vm_says_by_which_connections(
    run_program: Callable[..., Any], tmp_path: Path
) -> None:
    config = shutil.copytree(ROOT / "config", tmp_path / "config")
    vms = config / "vms.yaml"
    vms.write_text(
        vms.read_text().replace("      - homepage\n", "").replace("- grafana\n", "- grafana\n      - homepage\n")
    )
    servers = [{"url": "http://127.50.0.111:8103"}]
    routes = ROUTES["http"] | {"services": {"s": {"loadBalancer": {"servers": servers}}}}
    compose = (config / "stacks" / "homepage" / "docker-compose.yml").read_text()
    said = {"project": "homepage-production", "compose": compose, "live_routes": {"http": routes}}
    old = recorded()["miniflux@111"] | said
    state = {**recorded(), "homepage@111": old}
    state.pop("miniflux@111")
    declared = run_program({"configDir": str(config)}, state=state)
    (leaving,) = declared.inputs["inventory"]["leaving"]
    assert leaving["successors"] == ["homepage@113"]
    assert leaving["back_ends"] == {"homepage@113": ["backend@113:8103"]}
    of = declared.inputs["traefik-stacks"]["firewall"]["of"]
    assert of["homepage@113"] == ["backend@113:8103", "agent@113"]
    assert "firewall" not in declared.inputs["environment@113"]
    state["homepage@111"]["live_routes"] = {}
    (leaving,) = run_program({"configDir": str(config)}, state=state).inputs["inventory"]["leaving"]
    assert leaving["back_ends"] == {}
