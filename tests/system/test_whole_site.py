"""The whole chain with the real engine: first run, second run, drift, destroy."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.rehearsal.expected_routes import expected_routes
from phoenix_providers.lab.probe import ask
from tests.system.file_writes import writes_of

pytestmark = pytest.mark.engine


def assert_routes(rehearsal) -> None:
    for route in expected_routes(rehearsal.plan):
        reply = ask(rehearsal.lab.traefik_url, route.host, route.path)
        assert route.matches(reply), (route, reply)


def test_every_route_is_answered_by_its_back_end(rehearsal) -> None:
    assert len(expected_routes(rehearsal.plan)) >= 12
    assert_routes(rehearsal)


def test_the_second_run_is_empty(rehearsal) -> None:
    rehearsal.must_be_in_sync()


# Each resource is written for itself, as in users' runs.
EVERY_WRITE = {"PULUMI_SKIP_CHECKPOINTS": "false"}
# The Proxmox plugin gives back inputs with its `__defaults`, which a program cannot declare.
OF_THE_PLUGIN = "proxmoxve:"


def stored(rehearsal) -> dict[str, dict[str, Any]]:
    """What the state has of each resource; order means nothing there, and secrets are encrypted anew each time."""
    exported = json.loads(rehearsal.pulumi("stack", "export", "--show-secrets").output)
    return {
        one["urn"]: {key: one.get(key) for key in ("type", "inputs", "outputs", "modified")}
        for one in exported["deployment"]["resources"]
    }


def test_an_unchanged_run_rewrites_nothing_and_shows_no_difference(rehearsal) -> None:
    rehearsal.must_up()
    before = stored(rehearsal)
    file = next((rehearsal.home.folder / "state").rglob("stacks/*/lab.json"))
    runs = []

    writes = writes_of(file, lambda: runs.append(rehearsal.pulumi("up", "--yes", "--skip-preview", **EVERY_WRITE)))

    assert runs[0].code == 0, runs[0].output
    assert [line for line in runs[0].output.splitlines() if "diff:" in line] == []
    after = stored(rehearsal)
    assert after.keys() == before.keys()
    rewritten = {urn for urn in after if after[urn] != before[urn]}
    plugins = {urn for urn, one in after.items() if one["type"].startswith(OF_THE_PLUGIN)}
    assert rewritten <= plugins
    assert writes <= 2 + len(plugins)
    assert "diff:" not in rehearsal.pulumi("preview").output


def test_the_state_says_what_is_deployed_and_names_no_folder_of_a_computer(rehearsal) -> None:
    state, code = rehearsal.state(), str(Path(__file__).parents[2] / "phoenix_providers")
    for stack in rehearsal.plan.stacks:
        if not stack.bootstrap:
            assert state[stack.resource_name]["outputs"]["compose"] == rehearsal.by_hand.file(stack.project)
    assert code not in json.dumps(state)
    # The engine's own are declared before the program is asked.
    ours = {name: one for name, one in state.items() if not one["type"].startswith("pulumi:")}
    assert not [name for name, one in ours.items() if "stackTrace" in one or "sourcePosition" in one]


def test_another_program_reads_what_the_site_is(rehearsal, tmp_path: Path) -> None:
    program = """
import pulumi

site = pulumi.StackReference("organization/site/lab")
pulumi.export("url", site.get_output("routes").apply(lambda routes: routes["grafana.home.example"]["url"]))
pulumi.export("number", site.get_output("environments").apply(lambda found: found["tools"]["id"]))
pulumi.export("in_sync", site.get_output("verdict").apply(lambda verdict: verdict["in_sync"]))
"""
    (tmp_path / "__main__.py").write_text(program)
    virtualenv = Path(sys.executable).parents[1]
    (tmp_path / "Pulumi.yaml").write_text(
        f"name: reader\nruntime: {{name: python, options: {{virtualenv: '{virtualenv}'}}}}\n"
    )
    there = ("-C", str(tmp_path))
    for command in (("stack", "init", "one"), ("up", "--yes", "--skip-preview", "--stack", "one")):
        done = rehearsal.pulumi(*there, *command)
        assert done.code == 0, done.output
    told = json.loads(rehearsal.pulumi(*there, "stack", "output", "--json", "--stack", "one").output)
    assert told == {
        "url": "http://grafana.home.example/",
        "number": rehearsal.state()["environment@113"]["outputs"]["environment_id"],
        "in_sync": True,
    }


def test_what_it_tells_is_what_is_there(rehearsal) -> None:
    outputs = rehearsal.outputs()
    assert outputs.keys() == {"routes", "records", "environments", "stacks", "verdict", "version"}
    assert {route.host for route in expected_routes(rehearsal.plan)} <= outputs["routes"].keys()
    by_stack = {host: route["stack"] for host, route in outputs["routes"].items() if route["stack"]}
    answered = {host: ask(rehearsal.lab.traefik_url, host).identity.get("stack") for host in by_stack}
    assert answered == {host: outputs["stacks"][stack]["project"] for host, stack in by_stack.items()}
    assert outputs["records"] == {record.hostname: record.ip for record in rehearsal.plan.dns}
    assert outputs["stacks"].keys() == {stack.resource_name for stack in rehearsal.plan.stacks if not stack.bootstrap}
    assert {stack["health"] for stack in outputs["stacks"].values()} == {"Healthy"}


@pytest.mark.faults
def test_a_copy_of_the_site_in_another_place_shows_no_changes(rehearsal, tmp_path: Path) -> None:
    # Files that the settings name lie in the site's folder, as in a repository of one's own.
    certificate = rehearsal.home.site / "certs" / "ca.pem"
    certificate.parent.mkdir()
    shutil.copy(rehearsal.lab.ca_file, certificate)
    rehearsal.pulumi("config", "set", "phoenix:portainerCaFile", "certs/ca.pem")
    rehearsal.must_up()
    copy = shutil.copytree(rehearsal.home.site, tmp_path / "second-computer" / "site")
    done = rehearsal.pulumi("-C", str(copy), "preview", "--stack", "lab", "--expect-no-changes")
    assert done.code == 0, done.output


@pytest.mark.faults
def test_the_state_of_another_site_is_refused_before_anything_is_planned(rehearsal) -> None:
    own = rehearsal.state()["inventory"]["outputs"]["site_id"]
    rehearsal.pulumi("config", "set", "phoenix:siteId", "another")
    try:
        for command in (("all", "--preview"), ("all", "--yes"), ("stack", "grafana", "to", "113", "--yes")):
            done = rehearsal.phoenix("sync", *command)
            assert done.code == 5, done.output
            assert "belongs to another site" in done.output
            assert f"pulumi config set phoenix:siteId {own}" in done.output
        for command in ((), ("--target", "**::grafana@113")):
            done = rehearsal.pulumi("destroy", "--yes", "--skip-preview", *command)
            assert done.code == 5, done.output
            assert "belongs to another site" in done.output
    finally:
        rehearsal.pulumi("config", "rm", "phoenix:siteId")
    rehearsal.must_be_in_sync()


def test_no_secret_is_in_the_state_in_clear(rehearsal) -> None:
    text = "".join(str(item) for item in rehearsal.state().values())
    assert "made-up-miniflux" not in text
    assert rehearsal.lab.portainer_password not in text
    assert rehearsal.lab.proxmox_token not in text


def edit_compose(rehearsal) -> None:
    stack = rehearsal.stack("grafana")
    rehearsal.by_hand.edit(stack.project, f"{stack.compose}\n# by hand\n")


def delete_stack(rehearsal) -> None:
    rehearsal.by_hand.delete(rehearsal.stack("paperless").project)


def stop_stack(rehearsal) -> None:
    rehearsal.by_hand.stop(rehearsal.stack("vaultwarden").project)


def remove_container(rehearsal) -> None:
    rehearsal.by_hand.remove_container(rehearsal.stack("homepage").project)


def change_env(rehearsal) -> None:
    rehearsal.by_hand.change_env(rehearsal.stack("miniflux").project, {"TAMPERED": "tampered-canary"})


def rename_environment(rehearsal) -> None:
    rehearsal.by_hand.rename_environment(rehearsal.plan.environments[-1].name, "renamed by hand")


def edit_routes(rehearsal) -> None:
    file = Path(rehearsal.lab.traefik_target) / "phoenix-stacks.yml"
    file.write_text(file.read_text().replace("Host(", "HostRegexp("))


def delete_routes(rehearsal) -> None:
    (Path(rehearsal.lab.traefik_target) / "phoenix-infrastructure.yml").unlink()


def edit_hosts(rehearsal) -> None:
    proxmox = rehearsal.by_hand_on_proxmox
    proxmox.write_hosts("\n".join(line for line in proxmox.hosts().splitlines() if "grafana" not in line) + "\n")


def change_rules(rehearsal) -> None:
    """All at once: a rule deleted, one moved, one disabled, foreign ones on top, a guest switched off, switches gone.

    The deleted one is not what lets the sync in: a computer that is locked out by hand cannot repair anything.
    """
    proxmox = rehearsal.by_hand_on_proxmox
    proxmox.delete_last_rule("cluster")
    proxmox.change_rule("lxc/104", len(proxmox.rules_of("lxc/104")) - 1, moveto="0")
    proxmox.change_rule("qemu/111", 0, enable="0")
    proxmox.add_rule("qemu/112", type="in", action="DROP")
    proxmox.add_rule("qemu/113", type="in", action="DROP", enable="0")
    proxmox.set_options("qemu/113", enable="0", policy_in="ACCEPT")
    proxmox.unset_options("cluster", "enable")
    proxmox.unset_options("lxc/101", "enable", "policy_in")


WITH_OPTIONS = ("cluster", "lxc/101", "qemu/113")


@pytest.mark.parametrize(
    "tampers",
    [
        pytest.param((edit_compose, delete_stack, stop_stack, remove_container, change_env), id="stacks"),
        pytest.param((rename_environment, edit_routes, delete_routes, edit_hosts, change_rules), id="all_else"),
    ],
)
def test_drift_is_repaired_by_one_run(rehearsal, tampers) -> None:
    proxmox = rehearsal.by_hand_on_proxmox
    rules, options = proxmox.rules(), [proxmox.options(place) for place in WITH_OPTIONS]
    for tamper in tampers:
        tamper(rehearsal)
    output = rehearsal.must_up()
    assert proxmox.rules() == rules
    assert [proxmox.options(place) for place in WITH_OPTIONS] == options
    assert "unchanged" in output
    assert "tampered-canary" not in output
    rehearsal.must_be_in_sync()
    assert_routes(rehearsal)


def test_destroy_removes_what_is_ours(rehearsal) -> None:
    rehearsal.must_be_taken_down()
