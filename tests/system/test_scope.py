"""Scoped means scoped."""

from __future__ import annotations

import pytest

from phoenix_providers.lab.probe import ask
from phoenix_providers.lab.request_log import named_in

pytestmark = pytest.mark.engine


def edit(rehearsal, stack: str) -> None:
    file = next((rehearsal.config / "stacks" / stack).glob("*compose.y*ml"))
    file.write_text(file.read_text() + "\n# declared anew\n")


def edges(state) -> dict[str, set[str]]:
    return {name: set(item.get("dependencies", ())) for name, item in state.items()}


def test_target_touches_the_stack_and_its_routes_and_nothing_else(rehearsal) -> None:
    stack = rehearsal.stack("grafana")
    before, told = rehearsal.state(), rehearsal.outputs()
    edit(rehearsal, "grafana")
    edit(rehearsal, "homepage")

    entries = rehearsal.requests_of(
        lambda: rehearsal.must_up("--target", f"**::{stack.resource_name}", "--target-dependents")
    )

    environment = next(item.name for item in rehearsal.plan.environments if item.vmid == stack.vmid)
    asked = [entry for entry in entries if entry["product"] == "proxmox"]
    others = [entry for entry in entries if entry["product"] != "proxmox"]
    assert named_in(others) == {f"{stack.project}@{environment}", environment}
    # Of Proxmox it only asks what its firewall keeps out: of the VM, and of the guests of Traefik and Portainer.
    assert {entry["method"] for entry in asked} == {"GET"}
    assert named_in(asked) == {"tools", "traefik", "portainer"}
    assert len(asked) <= 17
    after = rehearsal.state()
    assert edges(after) == edges(before)
    assert {name: item["urn"] for name, item in after.items()} == {name: item["urn"] for name, item in before.items()}
    assert rehearsal.outputs() == told
    assert rehearsal.by_hand.file(stack.project).endswith("# declared anew\n")
    assert not rehearsal.by_hand.file(rehearsal.stack("homepage").project).endswith("# declared anew\n")
    rehearsal.must_up()
    rehearsal.must_be_in_sync()


def test_the_old_words_do_the_same_whatever_is_wrong_with_another_stack(rehearsal) -> None:
    stack = rehearsal.stack("grafana")
    edit(rehearsal, "grafana")
    other = rehearsal.config / "stacks" / "homepage" / "docker-compose.yml"
    good = other.read_text()
    other.write_text("services: [broken")
    vms = rehearsal.config / "vms.yaml"
    listed = vms.read_text()
    # What leaves the same VM leaves with the next full run.
    vms.write_text(listed.replace("      - backup\n", ""))
    try:
        assert listed != vms.read_text()
        done = rehearsal.phoenix("sync", "stack", stack.name, "to", str(stack.vmid), "--yes")
        vms.write_text(listed)
        assert done.code == 0, done.output
        assert "homepage@" not in done.output
        assert "backup@" not in done.output
        assert "homepage is blocked" not in done.output
        done = rehearsal.phoenix("sync", "all", "--yes")
        assert done.code == 2, done.output
        assert "homepage is blocked" in done.output
    finally:
        other.write_text(good)
        vms.write_text(listed)
    assert rehearsal.by_hand.file(stack.project).endswith("# declared anew\n")
    rehearsal.must_up()
    rehearsal.must_be_in_sync()


@pytest.mark.faults
def test_a_stack_can_be_synced_while_the_site_as_a_whole_is_refused(rehearsal) -> None:
    """Each refused run leaves one more last word in the state, which the next full run takes away."""
    stack = rehearsal.stack("grafana")
    vms = rehearsal.config / "vms.yaml"
    good = vms.read_text()
    listed = "    docker_stacks:\n      - whoami\n      - miniflux\n      - homepage\n"
    assert listed in good
    vms.write_text(good.replace(listed, ""))
    try:
        for _ in range(2):
            assert rehearsal.up().code != 0
    finally:
        vms.write_text(good)
    assert sum(name.startswith("last-word-") for name in rehearsal.state()) > 2
    edit(rehearsal, "grafana")
    done = rehearsal.phoenix("sync", "stack", stack.name, "to", str(stack.vmid), "--yes")
    assert done.code == 0, done.output
    assert rehearsal.by_hand.file(stack.project).endswith("# declared anew\n")
    rehearsal.must_up()
    rehearsal.must_be_in_sync()


@pytest.mark.faults
def test_what_works_stays_until_the_firewall_lets_traefik_to_where_it_moves(rehearsal) -> None:
    """A run for one stack names the rule as well, and changes nothing of the firewall."""
    host, vms = "start.home.example", rehearsal.config / "vms.yaml"
    moved = vms.read_text().replace("      - homepage\n", "").replace("- grafana\n", "- grafana\n      - homepage\n")
    vms.write_text(moved)
    source = next(one.source for one in rehearsal.plan.connections if one.name == "backend@113:8103")
    rule = f"rules of tools): {{type: in, action: ACCEPT, source: {source}, proto: tcp, port: 8103}}"
    done = rehearsal.phoenix("sync", "all", "--yes")
    assert (done.code, rule in done.output) == (4, True), done.output
    stays = "homepage@111 stays as it is until homepage@113 can be reached: the firewall keeps Traefik from it"
    assert stays in done.output
    assert ask(rehearsal.lab.traefik_url, host).identity.get("vmid") == 111

    vms.write_text(moved.replace("8301,8302,9090", "8301,8302,9090,8103"))
    done = rehearsal.phoenix("sync", "stack", "homepage", "to", "113", "--yes")
    assert (done.code, rule in done.output) == (4, True), done.output
    assert "phoenix sync all   (the files open backend@113:8103 already)" in done.output
    assert ask(rehearsal.lab.traefik_url, host).identity.get("vmid") == 111

    rehearsal.must_up()
    assert ask(rehearsal.lab.traefik_url, host).identity.get("vmid") == 113
    rehearsal.must_be_in_sync()


def test_a_scoped_sync_may_be_the_very_first(start_lab) -> None:
    rehearsal = start_lab()
    stack = rehearsal.stack("grafana")
    done = rehearsal.phoenix("sync", "stack", stack.name, "to", str(stack.vmid), "--yes")
    assert done.code == 0, done.output
    assert rehearsal.by_hand.stack_names() == [stack.project]
    host = "grafana.home.example"
    assert ask(rehearsal.lab.traefik_url, host).identity.get("stack") == stack.project
    state, outputs = rehearsal.state(), rehearsal.outputs()
    assert state["grafana@113"]["parent"] == state["environment-113"]["urn"]
    assert list(outputs["routes"]) == [host]
    assert list(outputs["stacks"]) == ["grafana@113"]
    assert outputs["records"] == {}
    rehearsal.must_up()
    assert rehearsal.state()["environment-113"]["urn"] == state["environment-113"]["urn"]
    rehearsal.must_be_in_sync()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("sync", "stack", "grafana", "to", "999"), "113"),
        (("sync", "stack", "grafanna", "to", "113"), "grafana"),
    ],
)
def test_bad_words_get_the_nearest_valid_name(rehearsal, words: tuple[str, ...], hint: str) -> None:
    done = rehearsal.phoenix(*words)
    assert done.code == 2
    assert hint in done.output
    assert "Traceback" not in done.output
