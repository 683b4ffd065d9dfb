"""Edges are taken and refused as by the SDK itself, which only takes longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc
from pulumi.runtime.resource_cycle_breaker import declare_dependency

from phoenix_providers.program import known_edges
from phoenix_providers.program.known_edges import KnownEdges, know_edges

NUMBERS = st.integers(0, 7)


class Thing:
    """Whatever has edges."""


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "declare_dependency", declare_dependency)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=40))
def test_the_sdk_says_the_same(edges: list[tuple[int, int]]) -> None:
    ours: list[Any] = [Thing() for _ in range(8)]
    theirs: list[Any] = [Thing() for _ in range(8)]
    known = KnownEdges()
    for start, end in edges:
        assert known.declare(ours[start], ours[end]) is declare_dependency(theirs[start], theirs[end])


def test_the_sdk_asks_there(run_program: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Watched(KnownEdges):
        def declare(self, from_resource: Any, to_resource: Any) -> bool:
            asked.append(from_resource._name)
            return super().declare(from_resource, to_resource)

    monkeypatch.setattr(known_edges, "KnownEdges", Watched)
    declared = run_program()
    assert {"readiness", "grafana@113", "verdict"} <= {*asked}
    assert declared.comes_after("grafana@113") >= {"readiness", "environment@113"}


def test_another_sdk_goes_on_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(rpc, "declare_dependency")
    know_edges()
    assert not hasattr(rpc, "declare_dependency")
