"""The resource with dnsmasq's file: written only when it differs, drift seen, moved, removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.operations.readiness import failed_checks
from phoenix_providers.resources.dnsmasq_records import DnsmasqRecordsProvider

FILE, TEXT = "phoenix-records.hosts", "10.0.0.1 a.lan\n"


@pytest.fixture
def provider() -> Iterator[DnsmasqRecordsProvider]:
    clients_of_run.use(ClientsOfRun(Settings(), Credentials.from_raw({})))
    yield DnsmasqRecordsProvider()
    clients_of_run.use(None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "hosts"
    made.mkdir()
    (made / "mine.hosts").write_text("10.0.0.7 mine.lan\n")
    return made


def inputs(folder: Path, text: str = TEXT) -> dict[str, Any]:
    return {"target": str(folder), "file": FILE, "text": text, "observed": "as declared"}


def test_a_second_run_writes_nothing(provider: DnsmasqRecordsProvider, folder: Path) -> None:
    outs = provider.create(inputs(folder)).outs
    before = (folder / FILE).stat()
    read = provider.read(FILE, outs).outs
    assert provider.diff(FILE, read, inputs(folder)).changes is False
    provider.create(inputs(folder))
    assert (folder / FILE).stat() == before


@pytest.mark.parametrize("drift", ["10.6.6.6 a.lan\n", None])
def test_drift_is_seen_and_put_right(provider: DnsmasqRecordsProvider, folder: Path, drift: str | None) -> None:
    outs = provider.create(inputs(folder)).outs
    (folder / FILE).unlink()
    if drift:
        (folder / FILE).write_text(drift)
    read = provider.read(FILE, outs).outs
    assert read["text"] == (drift or "")
    assert provider.diff(FILE, read, inputs(folder)).changes
    provider.update(FILE, read, inputs(folder))
    assert (folder / FILE).read_text() == TEXT


def test_silence_is_not_drift_but_makes_the_run_look_again(provider: DnsmasqRecordsProvider, folder: Path) -> None:
    outs = provider.create(inputs(folder)).outs
    folder.rename(folder.with_name("away"))
    read = provider.read(FILE, outs).outs
    assert read["text"] == TEXT
    assert "does not exist" in read["observed"]
    assert provider.diff(FILE, read, inputs(folder)).changes


def test_a_file_that_moves_leaves_nothing_behind(provider: DnsmasqRecordsProvider, folder: Path) -> None:
    outs = provider.create(inputs(folder)).outs
    other = folder.with_name("other")
    other.mkdir()
    assert provider.diff(FILE, outs, inputs(other)).changes
    outs = provider.update(FILE, outs, inputs(other)).outs
    assert [file.name for file in folder.iterdir()] == ["mine.hosts"]
    provider.delete(FILE, outs)
    assert list(other.iterdir()) == []


def test_an_old_place_that_is_gone_for_good_is_told_and_left(
    provider: DnsmasqRecordsProvider, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outs = provider.create(inputs(folder)).outs
    folder.rename(folder.with_name("gone"))
    other = folder.with_name("other")
    other.mkdir()
    outs = provider.update(FILE, outs, inputs(other)).outs
    assert (other / FILE).read_text() == TEXT
    assert f"warning: {FILE} may still be answered at the old place {folder}" in capsys.readouterr().err
    assert provider.diff(FILE, provider.read(FILE, outs).outs, inputs(other)).changes is False


def test_another_way_to_the_same_directory_leaves_the_file(provider: DnsmasqRecordsProvider, folder: Path) -> None:
    outs = provider.create(inputs(folder)).outs
    link = folder.with_name("link")
    link.symlink_to(folder)
    provider.update(FILE, outs, inputs(link, "10.0.0.2 a.lan\n"))
    assert (folder / FILE).read_text() == "10.0.0.2 a.lan\n"


def test_a_directory_that_is_not_there_is_told_before_anything_is_done(
    provider: DnsmasqRecordsProvider, folder: Path
) -> None:
    addresses = ProductAddresses(records={"dnsmasq_target": str(folder)}, traefik_target=str(folder / "nowhere"))
    assert ["Traefik's" in str(error) for error in failed_checks(clients_of_run.current(), addresses)] == [True]
    addresses = ProductAddresses(records={"dnsmasq_target": str(folder / "nowhere")}, traefik_target=str(folder))
    assert ["dnsmasq's" in str(error) for error in failed_checks(clients_of_run.current(), addresses)] == [True]
