"""What leaves is all that the state has and the program does not declare, whatever its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

GONE = {"firewall@999", "rules@999", "hosts@pve9", "dnsmasq", "registry@old", "takeover@999", "old@111"}


def test_everything_that_the_program_does_not_declare_leaves(run_program: Callable[..., Any]) -> None:
    first = run_program()
    assert set(first.inputs["verdict"]["leaving"]) == set()
    present = {name: {} for name in first.direct if not name.startswith("hosts@")}
    state = {**present, **{name: {} for name in GONE}, "last-word-1": {}, "last-word-2": {}}
    declared = run_program(state=state)
    assert set(declared.inputs["verdict"]["leaving"]) == GONE
    assert declared.inputs["verdict"]["last_word"] == "last-word-1"
    assert set(map(frozenset, declared.last_words.values())) == {frozenset({"last-word-2"})}
    # One that is for one stack declares less, and removes nothing.
    scoped = run_program(state=state, scope="grafana@113 environment@113 traefik-stacks verdict last-word-1")
    assert scoped.inputs["verdict"]["leaving"] == []
    assert scoped.last_words["grafana@113"] == {"last-word-1"}


def test_nothing_depends_on_what_only_comes_with_this_run_except_in_the_very_first(
    run_program: Callable[..., Any],
) -> None:
    # A target that depends on what neither the state nor the targets have is an error of the engine.
    assert set(map(frozenset, run_program().last_words.values())) == {frozenset({"last-word-1"})}
    assert set(map(frozenset, run_program(state={"inventory": {}}).last_words.values())) == {frozenset()}


@pytest.mark.parametrize(("scope", "told"), [("", ["the firewall of the guest 105 (jellyfin)"]), ("verdict", [])])
def test_a_guest_whose_firewall_leaves_is_named(
    run_program: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, scope: str, told: list[str]
) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: said.append(text))
    # 999 leaves the files with everything.
    run_program({}, scope, state={"rules@pve-103": {}, "rules@105": {}, "rules@999": {}})
    assert [text.partition(" leaves")[0] for text in said if "leaves with this run" in text] == told
