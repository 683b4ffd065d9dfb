"""Order: what comes after what, as the engine is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_everything_comes_after_the_inventory_and_the_gate(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    for name in declared.direct:
        if name not in {"inventory", "readiness"}:
            assert {"inventory", "readiness"} <= declared.comes_after(name), name


def test_rules_come_before_the_switches_that_need_them(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    rules = {name for name in declared.direct if name.startswith("rules@")}
    assert len(rules) > 1
    assert rules <= declared.comes_after("firewall@cluster")
    for name in rules - {"rules@cluster"}:
        assert name in declared.direct["firewall@" + name.removeprefix("rules@")]


def test_each_place_on_proxmox_is_guarded_before_and_restored_behind(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    places = {name.partition("@")[2] for name in declared.direct if name.startswith("takeover@")}
    assert {"cluster", "pve", "pve-101", "pve-111"} <= places
    for name in declared.direct:
        kind, _, place = name.partition("@")
        if place in places and kind in {"hosts", "resolver", "rules", "firewall"}:
            assert {f"takeover@{other}" for other in places} <= declared.comes_after(name), name
            assert name in declared.direct[f"restoration@{place}"], name


def test_the_steps_follow_each_other(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    environments = {name for name in declared.direct if name.startswith("environment@")}
    stacks = {name for name, kind in declared.types.items() if kind.endswith(":PortainerStack")}
    core = {name for name in declared.direct if name.partition("@")[0] in {"hosts", "resolver", "rules", "firewall"}}
    assert len(environments) == 4
    assert len(stacks) == 8
    assert core <= declared.comes_after("traefik-infrastructure")
    for name in environments:
        assert "traefik-infrastructure" in declared.comes_after(name)
    for name in stacks:
        vmid = name.rpartition("@")[2]
        assert declared.direct[name] == {f"environment@{vmid}"}
    assert stacks <= declared.direct["traefik-stacks"]
    assert {"traefik-stacks", *stacks, *environments} <= declared.direct["verdict"]


def test_stacks_never_depend_on_stacks(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    stacks = {name for name, kind in declared.types.items() if kind.endswith(":PortainerStack")}
    for name in stacks:
        assert not declared.comes_after(name) & stacks


def test_a_scoped_run_declares_its_scope_and_what_the_state_has(run_program: Callable[..., Any]) -> None:
    scope = {"grafana@113", "environment@113", "traefik-stacks", "verdict"}
    declared = run_program(scope=" ".join(scope))
    assert set(declared.direct) == scope
    assert declared.direct["grafana@113"] == {"environment@113"}
