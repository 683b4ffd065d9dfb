"""What goes wrong on the way: nothing is half done, and the message says what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from phoenix_providers.clients.delivery import directory
from phoenix_providers.clients.delivery.open import open_delivery
from phoenix_providers.clients.delivery.ssh_connection import SshTrust
from phoenix_providers.errors import ConfigurationError, ProductError, UnauthorizedError, UnreachableError
from phoenix_providers.lab.ssh import pct

OVER_SSH = ["ssh", "pct"]


def prepared(place):
    (place.folder / "a.yml").write_text("old")
    return place


def names(place) -> list[str]:
    return sorted(file.name for file in place.folder.iterdir())


def test_a_full_disk_leaves_the_old_file(open_place, monkeypatch: pytest.MonkeyPatch) -> None:
    place = prepared(open_place("directory"))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(directory.os, "fsync", full)
    with pytest.raises(ProductError, match="No space left on device"):
        place.delivery.write("a.yml", "new")
    assert (place.folder / "a.yml").read_text() == "old"
    assert names(place) == ["a.yml"]


def test_a_full_disk_over_ssh_leaves_the_old_file(open_place) -> None:
    place = prepared(open_place("ssh"))
    place.server.faults.full_disk = True
    with pytest.raises(ProductError, match="No space left on device"):
        place.delivery.write("a.yml", "new")
    assert (place.folder / "a.yml").read_text() == "old"
    assert names(place) == ["a.yml"]


def test_a_full_disk_in_a_container_leaves_the_old_file(open_place, tmp_path: Path) -> None:
    place = prepared(open_place("pct"))
    command = tmp_path / "bin" / "pct"
    command.write_text(
        command.read_text().replace('push) cp "$1" "$2"', 'push) : >"$2"; echo "No space left" >&2; false')
    )
    with pytest.raises(ProductError, match="No space left"):
        place.delivery.write("a.yml", "new")
    assert (place.folder / "a.yml").read_text() == "old"
    assert names(place) == ["a.yml"]


def test_a_directory_without_permission_is_said(open_place, monkeypatch: pytest.MonkeyPatch) -> None:
    place = prepared(open_place("directory"))

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ProductError, match="Permission denied") as caught:
        place.delivery.write("a.yml", "new")
    assert "ls -ld" in str(caught.value)
    assert names(place) == ["a.yml"]


@pytest.mark.parametrize("action", ["check", "write"])
def test_a_directory_without_permission_over_ssh_is_said(open_place, action: str) -> None:
    place = prepared(open_place("ssh"))
    place.server.faults.read_only = True
    with pytest.raises(ProductError, match="Permission denied") as caught:
        place.delivery.check() if action == "check" else place.delivery.write("a.yml", "new")
    assert "ls -ld" in str(caught.value)
    assert (place.folder / "a.yml").read_text() == "old"
    assert names(place) == ["a.yml"]


def test_a_directory_without_permission_in_a_container_is_said(open_place, tmp_path: Path) -> None:
    place = prepared(open_place("pct"))
    command = tmp_path / "bin" / "pct"
    command.write_text(command.read_text().replace("push) cp", "push) echo 'Permission denied' >&2; false && cp"))
    with pytest.raises(ProductError, match="Permission denied"):
        place.delivery.write("a.yml", "new")
    assert (place.folder / "a.yml").read_text() == "old"
    assert names(place) == ["a.yml"]


@pytest.mark.parametrize("kind", [*OVER_SSH, "pct-sshd"])
def test_a_cut_between_write_and_rename_keeps_the_old_file_and_the_next_write_mends_it(
    open_place, kind: str, tmp_path: Path
) -> None:
    place = prepared(open_place(kind))

    def break_it(on: bool) -> None:
        if kind == "ssh":
            place.server.faults.cut_before_rename = on
        else:
            pct.cut_before_move(tmp_path / "bin", on=on)

    break_it(True)
    with pytest.raises(UnreachableError):
        place.delivery.write("a.yml", "new")
    assert (place.folder / "a.yml").read_text() == "old"
    assert names(place) == ["a.yml", "a.yml.phoenix-unfinished~"]
    break_it(False)
    place.delivery.write("a.yml", "new")
    assert (place.folder / "a.yml").read_text() == "new"
    assert names(place) == ["a.yml"]


@pytest.mark.parametrize("kind", OVER_SSH)
def test_a_lost_answer_is_resolved_by_looking(open_place, kind: str) -> None:
    place = prepared(open_place(kind))
    place.server.faults.cut_after_rename = True
    place.delivery.write("a.yml", "new")
    assert (place.folder / "a.yml").read_text() == "new"


def test_a_server_without_fsync_will_do(open_place) -> None:
    place = open_place("ssh")
    place.server.faults.no_fsync = True
    place.delivery.write("a.yml", "new")
    assert place.delivery.read("a.yml") == "new"


def test_a_host_that_does_not_answer_costs_the_time_limit_and_no_more(open_place) -> None:
    place = open_place("pct")
    place.server.faults.silent = True
    impatient = open_delivery(place.target, timeout=0.3, trust=place.trust)
    with pytest.raises(UnreachableError, match=r"no answer within 0\.3 s"):
        impatient.read("a.yml")


@pytest.mark.parametrize("kind", OVER_SSH)
def test_an_alias_of_the_ssh_configuration_means_its_host_and_port(open_place, kind: str, tmp_path: Path) -> None:
    place = prepared(open_place(kind))
    config = tmp_path / "config"
    config.write_text(f"Host traefik\n  HostName 127.0.0.1\n  Port {place.server.port}\n")
    place.trust.options["config"] = [config]
    alias = place.target.replace(f"127.0.0.1:{place.server.port}", "traefik")
    assert open_delivery(alias, timeout=5, trust=place.trust).read("a.yml") == "old"


@pytest.mark.parametrize("kind", OVER_SSH)
def test_an_unknown_host_key_is_refused_with_the_command(open_place, kind: str, tmp_path: Path) -> None:
    place = open_place(kind)
    trust = SshTrust((tmp_path / "none",), place.trust.options)
    with pytest.raises(UnauthorizedError) as caught:
        open_delivery(place.target, timeout=5, trust=trust).read("a.yml")
    assert f"ssh-keyscan -p {place.server.port} 127.0.0.1 >> {tmp_path / 'none'}" in str(caught.value)


def test_the_command_of_the_message_mends_it(open_place, tmp_path: Path) -> None:
    place = open_place("sshd")
    known = tmp_path / "scanned"
    delivery = open_delivery(place.target, timeout=5, trust=SshTrust((known,), place.trust.options))
    with pytest.raises(UnauthorizedError) as caught:
        delivery.check()
    os.system(caught.value.explanation.next_step.partition("   (")[0] + " 2>/dev/null")
    delivery.check()


def test_a_changed_host_key_is_told_from_an_unknown_one(open_place) -> None:
    place = open_place("ssh")
    (known,) = place.trust.known_hosts
    other = place.server.user_key.export_public_key().decode()
    known.write_text(f"[127.0.0.1]:{place.server.port} {other}")
    with pytest.raises(UnauthorizedError, match="has changed") as caught:
        place.delivery.read("a.yml")
    assert f"ssh-keygen -R '[127.0.0.1]:{place.server.port}'" in str(caught.value)


def test_refused_keys_are_told(open_place) -> None:
    place = open_place("ssh")
    place.trust.options["client_keys"] = []
    with pytest.raises(UnauthorizedError, match="ssh-copy-id"):
        place.delivery.read("a.yml")


def test_nothing_listening_is_unreachable(open_place) -> None:
    place = open_place("ssh")
    nobody = open_delivery(f"ssh://root@127.0.0.1:1{place.folder}", timeout=5, trust=place.trust)
    with pytest.raises(UnreachableError, match="ssh -p 1 root@127"):
        nobody.read("a.yml")


def test_another_container_is_unreachable_never_an_absent_file(open_place) -> None:
    place = open_place("pct")
    other = open_delivery(place.target.replace("/102/", "/103/", 1), timeout=5, trust=place.trust)
    with pytest.raises(UnreachableError, match="container 103"):
        other.read("a.yml")


@pytest.mark.parametrize(
    "target",
    [
        "ftp://host/dir", "ssh://host/dir", "ssh://root@host", "ssh://root:hunter2@host/dir", "ssh://root@host:x/dir",
        "pct://root@host/dir", "pct://root@host/102", "pct://root@host/x/dir",
    ],
)  # fmt: skip
def test_unknown_targets_are_refused_with_what_is_possible(target: str) -> None:
    with pytest.raises(ConfigurationError, match="a directory, ssh://USER@HOST") as caught:
        open_delivery(target, timeout=5)
    assert "hunter2" not in str(caught.value)
