"""What Tab offers: names of the site, without loading a command; and nothing where nothing can be read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from phoenix_providers.cli.help.command_list import commands
from phoenix_providers.cli.main import phoenix
from phoenix_providers.cli.shell_completion.answers import GROUPS, offers
from phoenix_providers.cli.shell_completion.names import site_names

BIN = Path(sys.executable).parent
VMS = """
vms:
  - {vmid: 111, name: apps, docker_stacks: [grafana, {name: backup, environment: test}]}
  - {vmid: 113, name: tools, traefik_service: {name: tools, port: 80}, docker_stacks: [backup]}
  - {vmid: 900, name: template, is_template: true, docker_stacks: [nothing]}
  - not a guest
"""
LXCS = """
lxc_configs:
  "102": {name: traefik}
  "103": {name: ca, traefik_service: {name: ca}}
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: home\n")
    (tmp_path / "Pulumi.prod.yaml").write_text("config:\n  phoenix:configDir: files\n")
    (tmp_path / "files").mkdir()
    (tmp_path / "files/vms.yaml").write_text(VMS)
    (tmp_path / "files/lxcs.yaml").write_text(LXCS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def offered(line: str) -> list[str] | None:
    *words, begun = line.split(" ")
    found = offers(words, begun, site_names)
    return None if found is None else [item.value for item in found]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sync ", ["all", "stack"]),
        ("sync stack ", ["backup", "grafana"]),
        ("sync stack gr", ["grafana"]),
        ("sync stack grafana ", ["to"]),
        ("sync stack backup to ", ["111", "113"]),
        ("sync stack grafana to ", ["111"]),
        ("sync stack --preview --stack prod backup to 113", ["113"]),
        ("sync stack nobody to ", []),
        ("sync stack backup to 111 ", []),
        ("why ", ["apps", "backup", "backup@111", "backup@113", "ca", "grafana", "tools", "traefik"]),
        # Only what has a route can be followed.
        ("check ", ["backup", "backup@111", "backup@113", "ca", "grafana", "tools"]),
        ("plan --stack ", ["prod"]),
        ("why b", ["backup", "backup@111", "backup@113"]),
        ("check grafana ", []),
        ("completion z", ["zsh"]),
        # The commands themselves know better.
        ("sync all --pr", None),
        ("", None),
        ("lab up --stack ", None),
        ("check --unknown ", None),
    ],
)
def test_what_is_offered(site: Path, line: str, words: list[str] | None) -> None:
    assert offered(line) == words


@pytest.mark.parametrize("text", ["vms: [", "", "- 1", "vms: 3", "\x00"])
def test_files_that_cannot_be_read_have_no_names(site: Path, text: str) -> None:
    (site / "files/vms.yaml").write_text(text)
    (site / "files/lxcs.yaml").unlink()
    (site / "Pulumi.yaml").write_text("config: [")
    assert offered("sync stack ") == []


def test_an_existing_installation(site: Path) -> None:
    shutil.rmtree(site / "files")
    (site / "Pulumi.prod.yaml").unlink()
    (site / "config/etc").mkdir(parents=True)
    (site / "config/etc/phoenix_vm_configs.json").write_text(
        '{"vms": [{"vmid": 1001, "name": "docker", "docker_stacks": ["qdrant"]}]}'
    )
    assert offered("sync stack qdrant to ") == ["1001"]


def test_without_a_project_there_are_no_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("phoenix_providers.cli.shell_completion.names.project_root", lambda _here: None)
    assert offered("sync stack ") == []


def test_the_words_of_groups_are_those_of_the_commands() -> None:
    context = click.Context(phoenix)
    for path, words in GROUPS.items():
        command = phoenix.get_command(context, path[0])
        if isinstance(command, click.Group):
            assert set(words) == {name for name, one in command.commands.items() if not one.hidden}
    groups = {name for name in commands() if isinstance(phoenix.get_command(context, name), click.Group)}
    assert {(name,) for name in groups} <= GROUPS.keys()


def completed(shell: str, script: str, site: Path) -> list[str]:
    """What a real shell offers."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell}")
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [program, *(("-f",) if shell == "zsh" else ()), "-c", script],
        cwd=site,
        env={**environment, "HOME": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_bash(site: Path) -> None:
    script = """
eval "$(phoenix completion bash)"
complete -p phoenix >/dev/null
COMP_WORDS=(phoenix sync stack backup to "") COMP_CWORD=5
_phoenix_completion phoenix
echo "${COMPREPLY[@]}"
"""
    assert completed("bash", script, site) == ["111", "113"]


def test_zsh(site: Path) -> None:
    script = """
compdef() { :; }
_describe() { shift 2; shown=(${(P)1}); print -l -- ${shown%%:*}; }
compadd() { shift $(( $# - 1 )); print -l -- ${(P)1}; }
eval "$(phoenix completion zsh)"
words=(phoenix sync stack backup to "") CURRENT=6
_phoenix_completion
"""
    assert completed("zsh", script, site)[-2:] == ["111", "113"]


def test_fish(site: Path) -> None:
    script = 'phoenix completion fish | source; complete -C "phoenix sync stack backup to "'
    found = completed("fish", script, site)
    assert [word for word in found if word.isdecimal()] == ["111", "113"]
