"""The tree that users see: in which component each resource is, and how states from before come into it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.program.tree import parts_of_stack

ROOT = Path(__file__).parents[2]
ROOT_URN = "urn:pulumi:test::phoenix::"
STEPS = {
    "2-state": "StateFormat",
    "3-readiness": "Readiness",
    "4-core-infrastructure": "CoreInfrastructure",
    "5-traefik-infrastructure": "TraefikInfrastructure",
    "6-portainer": "Portainer",
    "7-traefik-stacks": "TraefikStacks",
    "8-verdict": "Verdict",
}


def flat(declared: Any) -> dict[str, dict[str, Any]]:
    """A state from before: all that was declared, right below the stack."""
    return {name: {"__type": kind} for name, kind in declared.types.items() if not name.startswith("hosts@")}


def with_components(state: dict[str, Any], declared: Any, names: Iterable[str] | None = None) -> dict[str, Any]:
    kinds = {name: declared.components[name] for name in names or declared.components}
    return state | {name: {"__type": kind} for name, kind in kinds.items()}


def test_the_steps_are_what_is_at_the_top(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    top = {name for name, above in declared.parents.items() if not above}
    assert top == STEPS.keys()
    assert {name: declared.components[name] for name in STEPS} == {
        name: f"phoenix:site:{kind}" for name, kind in STEPS.items()
    } | {"2-state": "phoenix:site/StateFormat:PortainerStack"}


def test_a_version_that_knows_no_components_stops_at_the_form_of_the_state(run_program: Callable[..., Any]) -> None:
    """It reads `environment_id` of every type that ends like that as a number, before it does anything."""
    declared = run_program()
    outputs = declared.told["2-state"]
    assert declared.components["2-state"].endswith(":PortainerStack")
    with pytest.raises(ValueError, match="update this computer"):
        int(outputs["environment_id"])
    assert outputs["format"] == 4


def test_a_state_of_a_newer_version_is_refused(
    run_program: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    state = {"2-state": {"__type": "phoenix:site/StateFormat:PortainerStack", "format": 5.0}}
    with pytest.raises(SystemExit):
        run_program(state=state)
    assert "a newer version of Phoenix Sync keeps this state" in caplog.text


def test_places_and_environments_have_components_of_their_own(run_program: Callable[..., Any]) -> None:
    declared = run_program({"dnsServer": "127.0.0.1:53"})
    core = {name for name, above in declared.parents.items() if above == "4-core-infrastructure"}
    assert {"cluster", "node-pve", "guest-101", "guest-111"} <= core
    assert core - declared.components.keys() == {
        "guests",
        "firewall-check",
        "firewall-watch",
        "firewall-confirm",
        "dns-answers",
    }
    inside = {name for name, above in declared.parents.items() if above == "guest-111"}
    assert inside == {"takeover@111", "rules@111", "firewall@111", "restoration@111"}
    assert {name for name, above in declared.parents.items() if above == "environment-113"} == {
        "environment@113",
        "grafana@113",
        "vaultwarden@113",
        "backup@113",
    }
    assert {name for name, above in declared.parents.items() if above == "8-verdict"} == {
        "verdict",
        "last-word-1",
        "last-word-2",
    }
    assert declared.parents["readiness-again"] == "3-readiness"


def test_a_component_is_never_called_like_a_resource(run_program: Callable[..., Any]) -> None:
    """A pattern such as `**::verdict` would mean both, and with its dependents all that is in it."""
    declared = run_program({"dnsServer": "127.0.0.1:53"})
    assert not declared.components.keys() & declared.types.keys()
    assert not [name for name in declared.components if "@" in name]


def test_an_environment_says_its_number_and_where_it_leads(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    assert declared.told["environment-113"] == {
        "environment_id": 1,
        "url": "tcp://tools-agent.home.example:9001",
    }
    assert declared.told.keys() >= declared.components.keys()


def test_a_state_from_before_stays_as_it_is_until_it_has_the_components(run_program: Callable[..., Any]) -> None:
    first = run_program()
    state = flat(first)
    declared = run_program(state=state)
    assert declared.components == first.components
    assert {declared.parents[name] for name in state} == {""}
    assert declared.inputs["verdict"]["leaving"] == []


def test_then_it_moves_and_is_what_it_was(run_program: Callable[..., Any]) -> None:
    first = run_program()
    state = flat(first)
    declared = run_program(state=with_components(state, first))
    assert {name: declared.parents[name] for name in state} == {name: first.parents[name] for name in state}
    assert {name: declared.aliases[name] for name in state} == {
        name: [f"{ROOT_URN}{kind}::{name}"] for name, kind in first.types.items() if name in state
    }
    assert declared.inputs["verdict"]["leaving"] == []


def test_a_new_environment_is_in_its_component_at_once(run_program: Callable[..., Any]) -> None:
    first = run_program()
    others = [name for name in first.components if name != "environment-113"]
    state = {name: one for name, one in flat(first).items() if first.parents[name] != "environment-113"}
    declared = run_program(state=with_components(state, first, others))
    assert declared.parents["environment@113"] == declared.parents["grafana@113"] == "environment-113"


def test_a_run_for_one_stack_makes_no_component_but_those_it_is_told(run_program: Callable[..., Any]) -> None:
    scope = "grafana@113 environment@113 traefik-stacks verdict"
    assert run_program(scope=scope).components == {}
    names = sorted(parts_of_stack(113))
    declared = run_program(scope=" ".join([scope, *names]))
    assert sorted(declared.components) == sorted(names)
    assert declared.parents["grafana@113"] == "environment-113"
    # What is there already is found where it is, whatever the run declares.
    state = flat(run_program())
    assert run_program(scope=" ".join([scope, *names]), state=state).parents["grafana@113"] == ""


def test_a_type_that_leaves_is_not_taken_for_its_successor(run_program: Callable[..., Any]) -> None:
    first = run_program()
    state = with_components(flat(first), first) | {"firewall@111": {"__type": "proxmoxve:firewall/optionsLegacy:X"}}
    assert run_program(state=state).aliases["firewall@111"] == []


@pytest.mark.parametrize("component", [True, False])
def test_a_former_name_is_found_wherever_it_was(
    run_program: Callable[..., Any], tmp_path: Path, component: bool
) -> None:
    """Another number of a machine is another component; the stack comes from the one before, or from the top."""
    config = shutil.copytree(ROOT / "config", tmp_path / "config")
    vms = config / "vms.yaml"
    vms.write_text(vms.read_text().replace("  - vmid: 111\n", "  - vmid: 211\n    was: 111\n"))
    first = run_program()
    compose = (ROOT / "config" / "stacks" / "miniflux" / "docker-compose.yml").read_text()
    old = {
        "compose": compose,
        "environment": "apps",
        "environment_id": 2,
        "project": "miniflux-production",
        "stack_id": 7,
        "__type": first.types["miniflux@111"],
        "__above": "phoenix:site:Portainer$phoenix:site:Environment$" if component else "",
    }
    state: dict[str, Any] = {"miniflux@111": old, "last-word-1": {}, "last-word-2": {}, "hosts@pve": {"entry": []}}
    if component:
        state = with_components(state, first)
    declared = run_program({"configDir": str(config)}, state=state)
    assert declared.aliases["miniflux@211"] == [f"{ROOT_URN}{old['__above']}{old['__type']}::miniflux@111"]
    assert declared.parents["miniflux@211"] == "environment-211"
    assert "environment-111" not in declared.components
