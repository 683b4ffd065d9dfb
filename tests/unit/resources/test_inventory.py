"""Whose state it is: remembered once, and never forgotten by a site that has no id."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.resources.inventory import InventoryProvider

NAMES: dict[str, Any] = {"stacks": [], "environments": [], "registries": [], "records": []}
INPUTS = NAMES | {"threshold": 30.0, "allowed": []}


@pytest.fixture(autouse=True)
def process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients_of_run, "_current", ClientsOfRun(Settings(), Credentials()))


@pytest.mark.parametrize(
    ("old", "new", "after", "changes"),
    [
        ({}, {}, None, False),
        ({}, {"site_id": "a1"}, "a1", True),
        ({"site_id": "a1"}, {"site_id": "a1"}, "a1", False),
        ({"site_id": "a1"}, {}, "a1", False),
    ],
)
def test_the_id_comes_once_and_stays(
    old: dict[str, str], new: dict[str, str], after: str | None, *, changes: bool
) -> None:
    provider = InventoryProvider()
    inputs = provider.check(INPUTS | old, INPUTS | new).inputs
    assert inputs.get("site_id") == after
    assert provider.diff("inventory", INPUTS | old, inputs).changes is changes
    assert provider.update("inventory", INPUTS | old, inputs).outs.get("site_id") == after
