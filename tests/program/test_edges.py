"""Order: what comes after what, as the engine is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


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


def test_kinds_of_icmp_are_written_behind_rules_and_before_the_switch(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    # The example lets pings in to the datacenter, and nowhere else.
    assert {name for name in declared.direct if name.startswith("icmp-types@")} == {"icmp-types@cluster"}
    assert "rules@cluster" in declared.direct["icmp-types@cluster"]
    assert "icmp-types@cluster" in declared.direct["firewall@cluster"]
    listed = declared.inputs["icmp-types@cluster"]["rules"]
    assert len(listed) == len(declared.inputs["rules@cluster"]["rules"])


def test_each_place_on_proxmox_is_guarded_before_and_restored_behind(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    places = {name.partition("@")[2] for name in declared.direct if name.startswith("takeover@")}
    assert {"cluster", "pve", "101", "111"} <= places
    for name in declared.direct:
        kind, _, place = name.partition("@")
        if place in places and kind in {"hosts", "resolver", "rules", "icmp-types", "firewall"}:
            assert {f"takeover@{other}" for other in places} <= declared.comes_after(name), name
            assert name in declared.direct[f"restoration@{place}"], name


def test_a_change_of_the_firewall_is_watched_before_and_confirmed_behind(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    changed = {name for name in declared.direct if name.partition("@")[0] in {"rules", "icmp-types", "firewall"}}
    assert len(changed) > 2
    for name in changed:
        assert {"firewall-check", "firewall-watch"} <= declared.comes_after(name), name
    assert "firewall-check" in declared.direct["firewall-watch"]
    assert changed | {"firewall-watch"} <= declared.comes_after("firewall-confirm")
    assert "firewall-confirm" in declared.direct["readiness-again"]
    assert "readiness-again" in declared.direct["traefik-infrastructure"]
    without = run_program({"firewallConfirm": "false"})
    assert declared.direct.keys() - without.direct.keys() == {"firewall-watch", "firewall-confirm"}


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


def test_registries_come_between_environments_and_the_stacks_that_need_them(
    run_program: Callable[..., Any], tmp_path: Path
) -> None:
    config = shutil.copytree(ROOT / "config", tmp_path / "config")
    site = config / "site.yaml"
    registry = "registries:\n  - {name: hub, url: docker.io, user: x, password: {secret: HUB}}\n"
    site.write_text(site.read_text() + registry)
    for compose in config.glob("stacks/*/docker-compose.yml"):
        if compose.parent.name != "grafana":
            compose.write_text(compose.read_text().replace("image: ", "image: ghcr.io/"))
    secrets = {name: "canary-secret" for name in ("HUB", "MINIFLUX_DB_PASSWORD")}
    declared = run_program({"configDir": str(config), "secrets": secrets})
    assert declared.direct["grafana@113"] == {"environment@113", "registry@hub"}
    assert {"readiness", "traefik-infrastructure", "environment@113"} <= declared.direct["registry@hub"]
    others = {name for name in declared.direct if "registry@hub" in declared.direct[name]}
    assert others == {"grafana@113", "verdict"}
    assert declared.inputs["registry@hub"]["secret"] == "HUB"
    assert "canary" not in str(declared.inputs["registry@hub"])
    assert declared.inputs["inventory"]["registries"] == ["registry@hub"]
    assert declared.inputs["verdict"]["failures"]["registry@hub"] == ""


NAMES = """
  aliases: {office: 10.0.5.0/24, printer: 10.0.5.66}
  ip_sets: {trusted: {members: [office, printer]}}
  security_groups: {web: {rules: [{proto: tcp, port: 80, source: +trusted}]}}
"""


def test_names_come_before_all_rules_each_kind_behind_what_it_may_use(
    run_program: Callable[..., Any], tmp_path: Path
) -> None:
    config = shutil.copytree(ROOT / "config", tmp_path / "config")
    site = config / "site.yaml"
    group = "  global_firewall_rules:\n    - {type: group, action: web, iface: vmbr0}\n"
    named = site.read_text().replace("\nfirewall:\n", f"\nfirewall:{NAMES}")
    site.write_text(named.replace("  global_firewall_rules:\n", group))
    declared = run_program({"configDir": str(config)})
    aliases = {"alias@office", "alias@printer"}
    assert "firewall-watch" in declared.direct["alias@office"]
    assert declared.direct["ip-set@trusted"] == aliases
    assert declared.direct["security-group@web"] == {"ip-set@trusted"}
    rules = {name for name in declared.direct if name.startswith("rules@")}
    assert len(rules) > 1
    for name in rules:
        assert "security-group@web" in declared.direct[name]
    first = declared.inputs["rules@cluster"]["rules"][0]
    assert {key: value for key, value in first.items() if value} == {
        "securityGroup": "web",
        "iface": "vmbr0",
        "enabled": True,
    }
    assert "type" not in first
    assert "action" not in first
    checked = declared.inputs["firewall-check"]
    assert [one["name"] for one in checked["names"]] == ["office", "printer", "trusted", "web"]
    assert sorted(checked["new"]) == sorted([*aliases, "ip-set@trusted", "security-group@web"])
    assert [(use["guest"], use["group"]) for use in checked["uses"] if use["group"]] == [(0, "web")]
    assert "leaving" not in checked
    assert declared.inputs["inventory"]["firewall names"] == [*sorted(aliases), "ip-set@trusted", "security-group@web"]


def test_a_site_without_names_is_told_nothing_of_them(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    assert not {"names", "leaving", "new"} & declared.inputs["firewall-check"].keys()
    assert "firewall names" not in declared.inputs["inventory"]
