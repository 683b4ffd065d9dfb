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
    before = rehearsal.state()
    edit(rehearsal, "grafana")
    edit(rehearsal, "homepage")

    entries = rehearsal.requests_of(
        lambda: rehearsal.must_up("--target", f"**::{stack.resource_name}", "--target-dependents")
    )

    environment = next(item.name for item in rehearsal.plan.environments if item.vmid == stack.vmid)
    assert named_in(entries) == {f"{stack.project}@{environment}", environment}
    assert not [entry for entry in entries if entry["product"] == "proxmox"]
    assert edges(rehearsal.state()) == edges(before)
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
    try:
        done = rehearsal.phoenix("sync", "stack", stack.name, "to", str(stack.vmid), "--yes")
        assert done.code == 0, done.output
        assert "homepage@" not in done.output
        assert "homepage is blocked" not in done.output
        done = rehearsal.phoenix("sync", "all", "--yes")
        assert done.code == 2, done.output
        assert "homepage is blocked" in done.output
    finally:
        other.write_text(good)
    assert rehearsal.by_hand.file(stack.project).endswith("# declared anew\n")
    rehearsal.must_up()
    rehearsal.must_be_in_sync()


def test_a_scoped_sync_may_be_the_very_first(start_lab) -> None:
    rehearsal = start_lab()
    stack = rehearsal.stack("grafana")
    done = rehearsal.phoenix("sync", "stack", stack.name, "to", str(stack.vmid), "--yes")
    assert done.code == 0, done.output
    assert rehearsal.by_hand.stack_names() == [stack.project]
    host = "grafana.home.example"
    assert ask(rehearsal.lab.traefik_url, host).identity.get("stack") == stack.project
    rehearsal.must_up()
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
