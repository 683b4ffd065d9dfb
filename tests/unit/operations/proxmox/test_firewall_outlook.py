"""What the check takes for the firewall after the run: as declared, but for what stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from phoenix_providers.operations.proxmox.firewall_outlook import becomes
from phoenix_providers.planning.firewall.asked_place import AskedPlace
from phoenix_providers.planning.firewall.lockout.evaluation import Level
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

SSH = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enable": 1}
WEB = {**SSH, "dport": "80"}
BEFORE = Level((SSH,), {"enable": "0", "policy_in": "ACCEPT", "policy_out": "ACCEPT"})
DECLARED = AskedPlace(ProxmoxScope("cluster"), (WEB,), {"enable": "1", "policy_in": "DROP", "policy_out": "ACCEPT"})


@pytest.mark.parametrize(
    ("kept", "rules", "options"),
    [
        ([], (WEB,), ("1", "DROP")),
        (["rules", "enabled", "input_policy", "output_policy"], (SSH,), ("0", "ACCEPT")),
        (["enabled"], (WEB,), ("0", "DROP")),
    ],
)
def test_what_a_place_becomes(kept: list[str], rules: tuple[Any, ...], options: tuple[str, str]) -> None:
    level = becomes(BEFORE, replace(DECLARED, kept=tuple(kept)))
    assert level.rules == rules
    assert (level.options["enable"], level.options["policy_in"]) == options


@pytest.mark.parametrize(
    ("declared", "options"),
    [
        ({}, ("0", "ACCEPT", "")),
        ({"enable": "1"}, ("1", "ACCEPT", "")),
        ({"policy_forward": "DROP"}, ("0", "ACCEPT", "DROP")),
    ],
)
def test_what_no_file_says_stays_what_it_is(declared: dict[str, str], options: tuple[str, str, str]) -> None:
    level = becomes(BEFORE, replace(DECLARED, options=declared))
    assert (level.options["enable"], level.options["policy_in"], level.options.get("policy_forward", "")) == options
