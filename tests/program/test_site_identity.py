"""A state that belongs to another site is refused before anything is declared."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("scope", ["", "grafana@113 traefik-stacks verdict"])
def test_another_sites_state_is_refused_in_full_and_in_scoped_runs(run_program: Any, scope: str) -> None:
    with pytest.raises(SystemExit):
        run_program({"siteId": "mine"}, scope, state={"inventory": {"site_id": "theirs"}})


@pytest.mark.parametrize("recorded", [{}, {"site_id": "mine"}])
def test_the_inventory_remembers_whose_state_it_is(run_program: Any, recorded: dict[str, str]) -> None:
    program = run_program({"siteId": "mine"}, state={"inventory": recorded})
    assert program.inputs["inventory"]["site_id"] == "mine"


def test_a_site_without_an_id_declares_none(run_program: Any) -> None:
    program = run_program(state={"inventory": {"site_id": "theirs"}})
    assert "site_id" not in program.inputs["inventory"]


@pytest.mark.parametrize("setting", ["certs/ca.crt", "/etc/ca.crt"])
def test_a_file_in_the_sites_folder_is_known_without_the_place_of_the_folder(
    run_program: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, setting: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pulumi.get_root_directory", lambda: str(tmp_path))
    program = run_program({"portainerCaFile": setting})
    assert program.inputs["environment@113"]["server"]["ca_file"] == setting
