"""What `phoenix doctor` shows, and what it tells programs."""

from __future__ import annotations

import io
import json

from phoenix_providers.cli.documents.doctor_document import DoctorDocument
from phoenix_providers.cli.screens.console import console
from phoenix_providers.cli.screens.doctor_screen import draw_doctor, progress
from phoenix_providers.errors import Explanation, NotReadyError, ProductError, UnauthorizedError
from phoenix_providers.operations.doctor.examination import Check, Result
from phoenix_providers.planning.doctor.finding import Finding, not_configured, ok, skipped, trouble, warning
from tests.cli.screens.golden_screens import assert_screen


def result(group: str, name: str, finding: Finding, seconds: float = 0.0) -> Result:
    return Result(Check(group, name, lambda: finding), finding, seconds)


WELL = (
    result("This computer", "tools", ok("Python 3.11.7, Pulumi 3.220.0, Proxmox plugin 8.6.0"), 0.42),
    result("This computer", "settings", ok("Pulumi stack prod: 17 settings"), 1.07),
    result("This computer", "files", ok("config: 10 guests, 8 stacks"), 0.11),
    result("This computer", "state", ok("/home/ann/.pulumi-state, 73 GB free")),
    result("This computer", "lock", ok("nobody holds the state"), 0.38),
    result("Proxmox", "certificate", ok("trusted, from Proxmox Virtual Environment; until 2027-03-02"), 0.13),
    result("Proxmox", "answer", ok("Proxmox 9.0.10 at https://10.0.0.13:8006"), 0.06),
    result(
        "Proxmox",
        "disks",
        ok("9 disks, the fullest is storage local-lvm on pve (71%); 111, 113 tell none (guest agent)"),
        0.08,
    ),
)
LOCKED = Explanation(
    "A run that is over still holds the state",
    "/home/ann/.pulumi-state/.pulumi/locks/organization/home/prod/e7118483-c6aa-4419-afcb-47ab7ff183ed.json",
    "ann on desk (process 1277), since 2026-05-01 12:00:00; that process is gone",
    "nobody, since its run is over",
    "phoenix state release",
)
PRIVILEGES = Explanation(
    "The API token phoenix@pve!sync lacks privileges on Proxmox",
    "https://10.0.0.13:8006",
    "not allowed: VM.Config.Network on /vms/111",
    'the roles of "Permissions on Proxmox" in docs/operations.md',
    "on the Proxmox host, as root:\n            pveum role add PhoenixGuests\n            pveum acl modify /vms/111",
)
FULL = Explanation(
    "storage local-lvm is full",
    seen="98% used, 2.1 GB of 107 GB left",
    expected="less than 90% used",
    next_step="pvesm list local-lvm",
)
ENDS = Explanation(
    "The certificate ends in 12 days",
    "https://10.0.0.110:9443",
    "2026-05-13",
    "one for 21 days or more",
    "give Portainer another certificate (Settings, SSL certificate)",
)
ILL = (
    result("This computer", "settings", ok("Pulumi stack prod: 17 settings"), 1.07),
    result("This computer", "lock", trouble(NotReadyError, "stale: ann on desk (process 1277)", LOCKED), 0.4),
    result("Proxmox", "answer", ok("Proxmox 9.0.10 at https://10.0.0.13:8006"), 0.06),
    result("Proxmox", "permissions", trouble(UnauthorizedError, PRIVILEGES.what, PRIVILEGES), 0.07),
    result("Proxmox", "disks", trouble(ProductError, "storage local-lvm (98%)", FULL), 0.1),
    result("Portainer", "certificate", warning("trusted, from Home CA; until 2026-05-13", ENDS), 0.1),
    result(
        "Traefik",
        "target",
        not_configured("phoenix:traefikTarget", "pulumi config set phoenix:traefikTarget DIRECTORY"),
    ),
    result("DNS", "target", skipped("see files")),
)


def test_all_is_well() -> None:
    assert_screen("doctor-well", lambda screen: draw_doctor(WELL, 1.42, screen))


def test_several_things_are_not() -> None:
    assert_screen("doctor-trouble", lambda screen: draw_doctor(ILL, 2.31, screen))


def test_how_far_it_is() -> None:
    checks = [one.check for one in WELL]
    results = {one.check.key: one for one in WELL[:3]}
    running = {WELL[3].check.key, WELL[4].check.key}
    assert_screen("doctor-progress", lambda screen: screen.print(progress(checks, results, running, screen)))


def test_no_meaning_is_in_the_colour_alone() -> None:
    file = io.StringIO()
    draw_doctor(ILL, 1.0, console(file=file, width=80))
    lines = file.getvalue().splitlines()
    assert [line[1] for line in lines if line[3:].startswith(("settings", "lock", "certificate", "target  "))] == [
        *("✓", "✗", "!", "✗", "-"),
    ]


def test_what_programs_get() -> None:
    document = json.loads(DoctorDocument.of(ILL, 2.31, 2).text())
    assert (document["version"], document["exit_code"], len(document["checks"])) == (1, 2, len(ILL))
    permissions = document["checks"][3]
    assert permissions["standing"] == "trouble"
    assert permissions["reasons"][0]["next"].splitlines()[1] == "pveum role add PhoenixGuests"
