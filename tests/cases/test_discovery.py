"""New sites from what runs: what the products tell, and the files that come of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from phoenix_providers.models.running_site import RunningSite
from phoenix_providers.planning.discovery.discovered_site import discovered_site

CASES = sorted((Path(__file__).parent / "discovery").glob("*.yaml"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(file: Path) -> None:
    case: dict[str, Any] = YAML(typ="safe", pure=True).load(file.read_text())
    running = TypeAdapter(RunningSite).validate_python(case["running"])
    found = discovered_site(running, case.get("domain", "home.example"), "production")
    expected = case["expected"]
    declared = {
        "site": dict(found.site),
        "vms": [dict(vm) for vm in found.vms],
        "lxcs": dict(found.lxcs),
        "stacks": [
            {key: value for key, value in asdict(stack).items() if key in ("folder", "project", "vmid", "manifest")}
            for stack in found.stacks
        ],
        "settings": dict(found.settings),
        "not_carried": [item.what for item in found.not_carried],
    }
    assert {key: declared[key] for key in expected} == expected
    # A file of a user is written from each: nobody may be left without a reason or a next step where there is one.
    assert all(item.why for item in found.not_carried)
