"""What every place of delivery has to do, with real files behind each."""

from __future__ import annotations

import os

import pytest

from phoenix_providers.clients.delivery.open import open_delivery
from phoenix_providers.errors import MissingFolderError, PhoenixError
from phoenix_providers.planning.dns.backends.dnsmasq import CONSUMER

TEXT = "http: ü\n  'quotes' $HOME `x` \\n\n"


def names(place) -> list[str]:
    return sorted(file.name for file in place.folder.iterdir())


def test_check_leaves_nothing_behind(place) -> None:
    place.delivery.check()
    assert names(place) == []


def test_write_then_read(place) -> None:
    place.delivery.write("a.yml", TEXT)
    assert place.delivery.read("a.yml") == TEXT
    assert (place.folder / "a.yml").read_text() == TEXT
    assert names(place) == ["a.yml"]
    assert (place.folder / "a.yml").stat().st_mode & 0o777 == 0o644


def test_replacing_keeps_mode_and_owner_and_is_a_new_file(place) -> None:
    file = place.folder / "a.yml"
    file.write_text("old")
    file.chmod(0o640)
    owner = (12345, 23456) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(file, *owner)
    with file.open() as reader:
        place.delivery.write("a.yml", "new")
        assert reader.read() == "old"
    status = file.stat()
    assert file.read_text() == "new"
    assert status.st_mode & 0o777 == 0o640
    assert (status.st_uid, status.st_gid) == owner


def test_only_the_file_that_was_asked_for_is_touched(place) -> None:
    (place.folder / "mine.yml").write_text("mine")
    before = (place.folder / "mine.yml").stat()
    place.delivery.write("a.yml", TEXT)
    place.delivery.remove("a.yml")
    assert names(place) == ["mine.yml"]
    assert (place.folder / "mine.yml").stat() == before


def test_a_missing_file_is_none_and_removing_it_is_fine(place) -> None:
    assert place.delivery.read("a.yml") is None
    place.delivery.remove("a.yml")


def test_a_missing_directory_is_unreachable_never_an_absent_file(place) -> None:
    place.folder.rmdir()
    for action in (
        place.delivery.check,
        lambda: place.delivery.read("a.yml"),
        lambda: place.delivery.remove("a.yml"),
    ):
        with pytest.raises(MissingFolderError, match="does not exist") as raised:
            action()
        assert f"mkdir -p {place.folder}" in raised.value.explanation.next_step
        assert raised.value.explanation.seen


@pytest.mark.parametrize(
    ("target", "form"),
    [("/nowhere/at/all", "DIRECTORY"), ("ssh://root@127.0.0.1", "DIRECTORY"), ("ftp://a@b/c", "ssh://")],
)
def test_messages_speak_of_the_one_who_reads(target: str, form: str) -> None:
    with pytest.raises(PhoenixError, match="dnsmasq's hosts directory") as raised:
        open_delivery(target, timeout=1, consumer=CONSUMER).check()
    assert "dns_server.target" in str(raised.value)
    assert form in str(raised.value)
    assert "raefik" not in str(raised.value)


def test_neighbours_are_what_traefik_loads_in_sub_directories_too(place) -> None:
    (place.folder / "deep" / "er").mkdir(parents=True)
    for name in ("b.yml", "ours.yml", ".hidden.yaml", "deep/c.TOML", "deep/er/d.yml", "note.txt", "e.yml.unfinished"):
        (place.folder / name).write_text(f"{TEXT}{name}")
    found = place.delivery.other_files({"ours.yml"})
    expected = [".hidden.yaml", "b.yml", "deep/c.TOML", "deep/er/d.yml"]
    assert dict(found) == {name: f"{TEXT}{name}" for name in expected}
    assert list(found) == sorted(found)


def test_files_behind_links_are_neighbours_too_and_links_to_nowhere_are_none(place) -> None:
    """Traefik loads what a link leads to."""
    (place.folder / "real.txt").write_text(TEXT)
    (place.folder / "link.yml").symlink_to(place.folder / "real.txt")
    (place.folder / "nowhere.yml").symlink_to(place.folder / "gone")
    assert place.delivery.other_files({"ours.yml"}) == {"link.yml": TEXT}


def test_no_neighbours(place) -> None:
    assert place.delivery.other_files({"ours.yml"}) == {}


def test_what_an_earlier_run_left_unfinished_is_overwritten(place) -> None:
    place.delivery.write("a.yml", "1")
    (place.folder / "a.yml.phoenix-unfinished~").write_text("half of it")
    place.delivery.write("a.yml", "2")
    assert names(place) == ["a.yml"]
    assert place.delivery.read("a.yml") == "2"


def test_removing_takes_what_was_left_unfinished_too(place) -> None:
    place.delivery.write("a.yml", "1")
    (place.folder / "a.yml.phoenix-unfinished~").write_text("half of it")
    for _ in range(2):
        place.delivery.remove("a.yml")
        assert names(place) == []


def test_a_file_that_is_not_utf_8_is_different_from_any_text_of_ours(place) -> None:
    (place.folder / "a.yml").write_bytes(b"\xff\xfehttp: {}")
    assert place.delivery.read("a.yml") == "\\xff\\xfehttp: {}"
