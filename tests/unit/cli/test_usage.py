"""What the command line answers to words that it does not know: the nearest ones, and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.cli import main
from phoenix_providers.cli.sync import meant_stack
from phoenix_providers.errors import UsageError


@pytest.mark.parametrize(
    ("words", "next_step"),
    [
        ("grafana 113", "phoenix sync stack grafana to 113"),
        ("113 grafana", "phoenix sync stack grafana to 113"),
        ("grafana@113", "phoenix sync stack grafana to 113"),
        ("grafana ot 113", "phoenix sync stack --help"),
        ("grafana to tools", "phoenix sync stack --help"),
        ("grafana to", "phoenix sync stack --help"),
        ("", "phoenix sync stack --help"),
    ],
)
def test_words_that_name_no_stack(words: str, next_step: str) -> None:
    with pytest.raises(UsageError) as caught:
        meant_stack(words.split())
    assert caught.value.explanation.expected.startswith("NAME to VMID")
    assert caught.value.explanation.next_step == next_step


def test_the_words_of_the_old_command() -> None:
    assert meant_stack(["grafana", "to", "113"]) == ("grafana", 113)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("synk all", ["sync"]),
        ("sync al", ["Did you mean 'all'?", "next:     phoenix sync --help"]),
        ("sync all --prevew", ["--preview", "expected: phoenix sync all [OPTIONS]"]),
        ("sync stack grafana 113", ["next:     phoenix sync stack grafana to 113"]),
        ("lab up --style slow", ["'async'", "'blocking'"]),
        ("init", ["FOLDER"]),
        ("render --set gateway", ["KEY=VALUE"]),
        ("schema --config no/such/folder", ["no/such/folder", "does not exist"]),
    ],
)
def test_a_command_line_that_is_wrong(
    line: str, said: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["phoenix", *line.split()])
    with pytest.raises(SystemExit) as ended:
        main.main()
    shown = capsys.readouterr().err
    assert ended.value.code == 2
    assert shown.startswith("usage: ")
    for words in said:
        assert words in shown


@pytest.mark.parametrize(
    "line", ["sync all --yes", "sync all --preview", "sync stack grafana to 113", "check", "adopt"]
)
def test_a_folder_without_a_project(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["phoenix", *line.split()])
    with pytest.raises(SystemExit) as ended:
        main.main()
    shown = capsys.readouterr().err
    assert ended.value.code == 2
    assert shown.startswith("usage: There is no Pulumi project here")
    assert str(tmp_path) in shown


def test_a_folder_that_cannot_be_written_gives_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["phoenix", "init", "/proc/new-site"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 4
    assert capsys.readouterr().err.startswith("failed: /proc/new-site")
