"""How an override is set: beside others it is written where they stand, for Pulumi takes one of the two maps whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.addresses import override_advice, removal_advice


def advice(folder: Path, name: str, overrides: str, of: Callable[..., str] = override_advice) -> str:
    (folder / "site.yaml").write_text("domain_name: home.lan\n")
    (folder / "vms.yaml").write_text("vms: [{vmid: 111, name: films}]\n")
    settings = Settings.from_raw({"addressOverrides": overrides})
    return of(load_configuration(folder, settings), name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Films", "pulumi config set --path 'phoenix:addressOverrides.films' IP"),
        ("films.lan", "pulumi config set --path 'phoenix:addressOverrides[\"films.lan\"]' IP"),
    ],
)
def test_the_first_one_is_a_command(tmp_path: Path, name: str, expected: str) -> None:
    assert advice(tmp_path, name, "{}") == expected


@pytest.mark.parametrize(
    ("name", "entry"),
    [("Films", "`films: IP`"), ("ca", "`ca.home.lan: IP`"), ("CA.home.lan", "`ca.home.lan: IP`")],
)
def test_another_one_is_no_command(tmp_path: Path, name: str, entry: str) -> None:
    told = advice(tmp_path, name, '{"ca.home.lan": "10.0.0.9"}')
    assert told.startswith(f"write {entry} into the map phoenix:addressOverrides")
    assert "Pulumi.yaml" in told
    assert "config set" not in told


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ('{"CA.home.lan": "10.0.0.9", "nas": "10.0.0.8"}', "take `CA.home.lan` out of the map phoenix:addr"),
        # Pulumi refuses a Pulumi.yaml with an empty setting.
        ('{"ca": "10.0.0.9"}', "take out the map phoenix:addressOverrides "),
    ],
)
def test_one_is_taken_out(tmp_path: Path, overrides: str, expected: str) -> None:
    assert advice(tmp_path, "ca", overrides, removal_advice).startswith(expected)
