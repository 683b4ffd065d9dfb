"""How strictly answers of Proxmox are read."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.lab.proxmoxve.errors import ApiError
from phoenix_providers.lab.proxmoxve.rule import rule_of

ANSWER = {"type": "in", "action": "ACCEPT", "pos": "0", "dport": "443"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, True), (True, True), (0, False), (False, False), ("1", False), (2, False), (None, False)],
)
def test_switches(value: Any, expected: bool) -> None:
    assert rule_of(ANSWER | {"enable": value}, 0)["enabled"] is expected


def test_a_rule_without_a_switch_is_off() -> None:
    assert rule_of(ANSWER, 0)["enabled"] is False


@pytest.mark.parametrize("wrong", [{"pos": 0}, {"dport": 443}, {"comment": True}])
def test_other_types_are_not_understood(wrong: dict[str, Any]) -> None:
    with pytest.raises(ApiError, match=f"cannot unmarshal .* field data.{next(iter(wrong))} of type string"):
        rule_of(ANSWER | wrong, 0)
