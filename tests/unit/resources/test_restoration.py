"""What a restoration remembers of options: everything that was ever ours."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.proxmox.firewall_options import option_defaults
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.restoration import RestorationProvider

GUEST = ProxmoxScope("vm", "pve", 111)
EVERY = sorted(option_defaults(GUEST))


@pytest.mark.parametrize(
    ("olds", "now", "touched"),
    [
        ({}, ["enable"], ["enable"]),
        ({"touched": ["dhcp", "enable"]}, ["enable", "radv"], ["dhcp", "enable", "radv"]),
        ({"touched": []}, ["enable"], ["enable"]),
        # Older versions wrote every option.
        ({"found": {}}, ["enable"], EVERY),
    ],
)
def test_what_was_ever_ours(olds: dict[str, Any], now: list[str], touched: list[str]) -> None:
    news = {"proxmox": "https://pve", "scope": GUEST.as_input(), "ours": [], "found": {}, "touched": now}
    assert RestorationProvider().check(olds, news).inputs["touched"] == touched


def test_a_nodes_files_have_no_options() -> None:
    news = {"proxmox": "https://pve", "scope": ProxmoxScope("node", "pve").as_input(), "ours": ["hosts"], "found": {}}
    assert "touched" not in RestorationProvider().check({"ours": []}, news).inputs
