"""The recorded verdicts are compose's own: its library reads the texts again, in the two releases that are recorded.

`make contract-compose` insists on it, and writes the record anew with PHOENIX_COMPOSE_RECORD=1. Without Go, or where
its modules cannot be had, `make test` leaves it out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ...cases.verdict_cases import RECORDED, recorded, verdict_cases

READER = Path(__file__).parent / "reader"
# By release of compose: the file with the versions of its libraries. The first is what Portainer 2.23 brings.
RELEASES = {"2.29.2": "earlier.mod", "2.40.3": "go.mod"}
INSISTS = "PHOENIX_COMPOSE_CONTRACT"
RECORDS = "PHOENIX_COMPOSE_RECORD"


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sequence[str]]:
    go = shutil.which("go")
    if go is None:
        _leave_out("there is no Go on this machine")
    cases = [{"text": case.text, "variables": dict(case.variables)} for case in verdict_cases()]
    return {
        release: _read(_built(str(go), module, tmp_path_factory.mktemp("reader") / "reader"), cases)
        for release, module in RELEASES.items()
    }


def test_compose_says_what_is_recorded(verdicts: Mapping[str, Sequence[str]]) -> None:
    titles = [case.title for case in verdict_cases()]
    found = {title: {release: verdicts[release][index] for release in RELEASES} for index, title in enumerate(titles)}
    if os.environ.get(RECORDS):
        RECORDED.write_text(json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    assert _refused(found) == _refused(recorded())


def _refused(verdicts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, bool]]:
    return {title: {release: bool(reason) for release, reason in by.items()} for title, by in verdicts.items()}


def _built(go: str, module: str, target: Path) -> Path:
    environment = {**os.environ, "GOWORK": "off", "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false"}
    for arguments in (["mod", "download", f"-modfile={module}"], ["build", f"-modfile={module}", "-o", str(target)]):
        run = subprocess.run(
            [go, *arguments], cwd=READER, env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        if run.returncode and arguments[0] == "mod":
            _leave_out(f"the modules of compose cannot be had: {run.stderr[-300:]}")
        assert run.returncode == 0, run.stderr
    return target


def _read(reader: Path, cases: Sequence[Mapping[str, object]]) -> list[str]:
    run = subprocess.run(
        [reader],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={"TMPDIR": "/tmp"},
    )
    return [reason.replace("\n", " ") for reason in json.loads(run.stdout)]


def _leave_out(reason: str) -> None:
    if os.environ.get(INSISTS):
        pytest.fail(reason)
    pytest.skip(reason)
