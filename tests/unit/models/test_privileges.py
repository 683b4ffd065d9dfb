"""Which privileges hold where."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.models.privileges import grant_commands, missing_privileges, refused_privileges

HOST = {"Sys.Audit": 1, "Sys.Modify": 1}
GUESTS = {"VM.Audit": 1, "VM.Config.Network": 1}


@pytest.mark.parametrize(
    ("held", "path", "missing"),
    [
        pytest.param({"/": HOST}, "/", [], id="there"),
        pytest.param({"/": HOST}, "/nodes/pve", [], id="from above"),
        pytest.param({"/": {"Sys.Audit": 0, "Sys.Modify": 0}}, "/", [], id="there only"),
        pytest.param(
            {"/": {"Sys.Audit": 1, "Sys.Modify": 0}}, "/nodes/pve", ["Sys.Modify on /nodes/pve"], id="not passed down"
        ),
        pytest.param(
            {"/": HOST, "/nodes/pve": {"Sys.Audit": 1}}, "/nodes/pve", ["Sys.Modify on /nodes/pve"], id="replaced below"
        ),
        pytest.param({"/vms": GUESTS}, "/vms/111", [], id="all guests"),
        pytest.param(
            {"/vms/112": GUESTS}, "/vms/111", ["VM.Audit on /vms/111", "VM.Config.Network on /vms/111"], id="other"
        ),
        pytest.param({}, "/", ["Sys.Audit on /", "Sys.Modify on /"], id="nothing"),
    ],
)
def test_what_is_missing(held: dict[str, Any], path: str, missing: list[str]) -> None:
    assert [str(one) for one in missing_privileges([path], held)] == missing


def test_one_command_serves_several_guests() -> None:
    missing = missing_privileges(["/vms/111", "/vms/112"], {})
    commands = grant_commands("a@pve!b", missing)
    assert commands[-1] == "pveum acl modify /vms --roles PhoenixGuests --users a@pve --tokens 'a@pve!b'"
    assert len(commands) == 2


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("Permission check failed (/vms/111, VM.Config.Network)", ["VM.Config.Network on /vms/111"]),
        ("Permission check failed (/, Sys.Audit|Sys.Modify)", ["Sys.Audit on /"]),
        ("Permission check failed", []),
    ],
)
def test_refusals_are_read(message: str, found: list[str]) -> None:
    assert [str(one) for one in refused_privileges(message)] == found
