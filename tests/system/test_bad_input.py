"""What users meet when something is wrong: one clear message, the right exit code, nothing touched."""

from __future__ import annotations

import re
import shutil

import pytest

pytestmark = pytest.mark.engine


def assert_clear(done, code: int, *words: str) -> None:
    assert done.code == code, done.output
    for word in words:
        assert word in done.output, done.output
    assert "Traceback" not in done.output, done.output


def test_no_config_folder(rehearsal) -> None:
    rehearsal.pulumi("config", "set", "phoenix:configDir", "elsewhere")
    try:
        done = rehearsal.phoenix("sync", "all", "--yes")
    finally:
        rehearsal.pulumi("config", "set", "phoenix:configDir", "config")
    assert_clear(done, 2, "elsewhere", "phoenix:configDir")


def test_broken_yaml_is_named_with_file_and_line(rehearsal) -> None:
    file = rehearsal.config / "vms.yaml"
    good = file.read_text()
    lines = good.splitlines()
    file.write_text("\n".join([*lines[:20], "   - [broken", *lines[20:]]))
    try:
        done = rehearsal.phoenix("sync", "all", "--yes")
    finally:
        file.write_text(good)
    assert_clear(done, 2, "vms.yaml:2")


def test_a_misspelt_setting(rehearsal) -> None:
    rehearsal.pulumi("config", "set", "phoenix:traefikTraget", "/somewhere")
    try:
        done = rehearsal.phoenix("sync", "all", "--preview")
    finally:
        rehearsal.pulumi("config", "rm", "phoenix:traefikTraget")
    assert_clear(done, 2, "traefikTraget", "traefikTarget")


def test_wrong_portainer_password(rehearsal) -> None:
    rehearsal.pulumi("config", "set", "--secret", "phoenix:portainerPassword", "wrong-password-canary")
    try:
        done = rehearsal.phoenix("sync", "all", "--yes")
    finally:
        rehearsal.pulumi("config", "set", "--secret", "phoenix:portainerPassword", rehearsal.lab.portainer_password)
    assert_clear(
        done, 3, "refused the password of user 'admin'", "pulumi config set --secret phoenix:portainerPassword"
    )
    assert "wrong-password-canary" not in done.output


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (
            "proxmoxve:endpoint",
            "https://127.0.0.9:8006",
            ("Proxmox cannot be reached", "nothing listens there", "`pve-firewall stop`"),
        ),
        *(
            pytest.param(*more, marks=pytest.mark.faults)
            for more in (
                ("phoenix:portainerUrl", "https://127.0.0.9:9443", ("Portainer cannot be reached", "127.0.0.9:9443")),
                ("phoenix:traefikApiUrl", "http://127.0.0.9:8081", ("Traefik cannot be reached", "127.0.0.9:8081")),
                ("phoenix:traefikTarget", "/nowhere/at/all", ("directory does not exist", "/nowhere/at/all")),
            )
        ),
    ],
)
def test_nothing_listening_at_an_address(rehearsal, key: str, value: str, words: tuple[str, ...]) -> None:
    good = rehearsal.pulumi("config", "get", key).output.strip()
    rehearsal.pulumi("config", "set", key, value)
    rehearsal.pulumi("config", "set", "phoenix:readinessTimeout", "1")
    try:
        done = rehearsal.phoenix("sync", "all", "--yes")
    finally:
        rehearsal.pulumi("config", "set", key, good)
        rehearsal.pulumi("config", "set", "phoenix:readinessTimeout", "15")
    assert_clear(done, 3, *words)
    rehearsal.must_be_in_sync()


def test_passphrase_missing(rehearsal) -> None:
    passphrase = rehearsal.home.folder / "no-such-file"
    done = rehearsal.phoenix(
        "sync", "all", "--yes", PULUMI_CONFIG_PASSPHRASE_FILE=str(passphrase), without="PULUMI_CONFIG_PASSPHRASE"
    )
    assert_clear(done, 2, "PULUMI_CONFIG_PASSPHRASE_FILE")
    done = rehearsal.phoenix("sync", "all", "--yes", without="PULUMI_CONFIG_PASSPHRASE")
    assert_clear(done, 2, "export PULUMI_CONFIG_PASSPHRASE=")


def test_metadata_beside_the_state_that_a_killed_engine_left_empty(rehearsal) -> None:
    state = next((rehearsal.home.folder / "state").rglob("stacks/*/*.json"))
    metadata = state.with_name(f"{state.name}.attrs")
    metadata.touch()
    try:
        done = rehearsal.phoenix("sync", "all", "--yes")
    finally:
        metadata.unlink()
    assert_clear(done, 2, "Pulumi cannot read its state", "next:     find FOLDER/.pulumi -name '*.attrs' -delete")


def test_a_listed_stack_without_a_folder_is_blocked_and_nothing_else(rehearsal) -> None:
    project = rehearsal.stack("grafana").project
    folder = rehearsal.config / "stacks" / "grafana"
    kept = rehearsal.home.folder / "kept"
    vms = rehearsal.config / "vms.yaml"
    good = vms.read_text()
    shutil.move(folder, kept)
    vms.write_text(good.replace("dependencies: [110]", "dns_records: [{hostname: added}]", 1))
    try:
        before = rehearsal.by_hand.file(project)
        names = set(rehearsal.by_hand_on_proxmox.hosts().split())
        preview = rehearsal.phoenix("sync", "all", "--preview")
        done = rehearsal.phoenix("sync", "all", "--yes")
    finally:
        shutil.move(kept, folder)
        vms.write_text(good)
    assert_clear(preview, 2, "grafana is blocked and stays as it is")
    assert_clear(done, 2, "grafana", "vms.yaml")
    # Its own name stays, and what others declare is done.
    assert "grafana.home.example" in names
    assert set(rehearsal.by_hand_on_proxmox.hosts().split()) == names | {"added.home.example"}
    assert rehearsal.by_hand.file(project) == before
    rehearsal.must_up()
    rehearsal.must_be_in_sync()


def test_a_run_that_would_delete_too_much_is_refused(rehearsal) -> None:
    file = rehearsal.config / "vms.yaml"
    good = file.read_text()
    names = rehearsal.by_hand.stack_names()
    file.write_text(good.replace("docker_stacks:", "stacks_of_yesterday:"))
    try:
        done = rehearsal.phoenix("sync", "all", "--yes")
        count = re.search(r"sync all --allow-delete (\d+)", done.output)
        assert count is not None
        planned = rehearsal.phoenix("sync", "all", "--preview", "--allow-delete", count[1])
    finally:
        file.write_text(good)
    assert_clear(done, 5, "this run would delete 8 of 8 stacks", "PHOENIX_ALLOW_DELETE=")
    # The engine puts its name for the resource in front, which is nobody's business.
    assert "has a problem" not in done.output
    assert rehearsal.by_hand.stack_names() == names
    assert_clear(planned, 0, "Removed", "- homepage@111", "stays behind")
    assert "allow" not in (rehearsal.home.site / "Pulumi.lab.yaml").read_text()
