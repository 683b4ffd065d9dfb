"""What counts as well, as a warning and as trouble."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from phoenix_providers.errors import ConfigurationError, Explanation, NotReadyError, ProductError, UnauthorizedError
from phoenix_providers.planning.doctor.certificate import SeenCertificate, judge_certificate
from phoenix_providers.planning.doctor.clock import judge_clocks
from phoenix_providers.planning.doctor.finding import exit_code, from_error, ok, skipped, trouble, warning, worst
from phoenix_providers.planning.doctor.space import Disk, judge_disks, size_words
from phoenix_providers.planning.doctor.version import judge_version

NOW = datetime(2026, 5, 1, tzinfo=UTC)
REASON = Explanation("it is wrong")


def test_the_smallest_exit_code_of_what_is_wrong_counts() -> None:
    assert exit_code([ok("a"), warning("b", REASON), skipped("c")]) == 0
    assert exit_code([trouble(ProductError, "a", REASON), trouble(NotReadyError, "b", REASON)]) == 3
    assert exit_code([trouble(NotReadyError, "a", REASON), from_error(ConfigurationError("b", (REASON,)))]) == 2


def test_an_error_says_all_its_reasons() -> None:
    several = from_error(ConfigurationError("2 errors", (Explanation("one"), Explanation("two"))))
    assert (several.seen, [one.what for one in several.reasons]) == ("2 errors", ["one", "two"])
    refused = from_error(UnauthorizedError("refused", next_step="pulumi config set x"))
    assert (refused.seen, refused.exit_code, refused.reasons[0].next_step) == ("refused", 3, "pulumi config set x")


def test_trouble_counts_more_than_a_warning() -> None:
    found = worst([ok("a"), warning("b", REASON), trouble(ProductError, "c", REASON)], "all well")
    assert (found.standing, found.seen, len(found.reasons), found.exit_code) == ("trouble", "c", 2, 4)
    assert worst([ok("a")], "all well") == ok("all well")
    assert worst([warning("b", REASON)], "all well").exit_code == 0


@pytest.mark.parametrize(
    ("left", "standing", "what"),
    [
        (timedelta(days=22), "ok", ""),
        (timedelta(days=20, hours=1), "warning", "The certificate ends in 20 days"),
        (timedelta(hours=3), "warning", "The certificate ends today"),
        (timedelta(hours=-3), "warning", "The certificate has ended"),
    ],
)
def test_a_certificate_that_ends(left: timedelta, standing: str, what: str) -> None:
    shown = SeenCertificate("PVE", NOW + left)
    found = judge_certificate(shown, NOW, where="https://pve:8006", unchecked="", renew="pvecm updatecerts")
    assert (found.standing, found.reasons[0].what if found.reasons else "") == (standing, what)
    assert all(one.next_step == "pvecm updatecerts" for one in found.reasons)


@pytest.mark.parametrize(
    ("ahead", "standing", "seen"),
    [
        ({}, "skipped", "not asked: no server that tells its time has answered"),
        ({"Proxmox": 0.7, "Traefik": -29.0}, "ok", "the same as of Proxmox, Traefik"),
        ({"Proxmox": 45.0, "Traefik": 0.0}, "warning", "Proxmox 45 s ahead, Traefik as here"),
        ({"Proxmox": -7300.0}, "trouble", "Proxmox 2 h behind"),
    ],
)
def test_clocks(ahead: dict[str, float], standing: str, seen: str) -> None:
    found = judge_clocks(ahead)
    assert (found.standing, found.seen) == (standing, seen)


def test_whose_clock_is_wrong() -> None:
    assert judge_clocks({"Proxmox": 400.0, "Traefik": 0.0}).reasons[0].what == "Proxmox's clock is wrong"
    assert judge_clocks({"Proxmox": 400.0, "Traefik": 401.0}).reasons[0].what == "The clock here is wrong"


def test_disks() -> None:
    fine, tight, full = (Disk(name, used, 1000, f"df {name}") for name, used in (("a", 899), ("b", 900), ("c", 970)))
    assert judge_disks([fine], "").seen == "1 disk, the fullest is a (90%)"
    assert judge_disks([fine, tight], "").standing == "warning"
    found = judge_disks([fine, tight, full], "")
    assert (found.standing, found.exit_code, [one.next_step for one in found.reasons]) == (
        "trouble",
        4,
        ["df b", "df c"],
    )
    assert judge_disks([Disk("nobody", 0, 0, "")], "VMs tell none").seen == "no disk is told; VMs tell none"


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (73_000_000_000, "73 GB"), (4e15, "4000 TB")]
)
def test_sizes(size: float, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("product", "version", "standing"),
    [
        ("Pulumi", "v3.220.0", "ok"),
        ("Pulumi", "v3.99.1", "warning"),
        ("Portainer", "2.23.0", "ok"),
        ("Portainer", "2.19.5", "warning"),
        ("Traefik", "3.7.15", "ok"),
        ("Traefik", "2.11", "warning"),
        ("Proxmox", "9.0.10", "ok"),
        ("Docker", "dev", "ok"),
    ],
)
def test_versions(product: str, version: str, standing: str) -> None:
    assert judge_version(product, version).standing == standing
