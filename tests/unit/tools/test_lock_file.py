"""requirements.lock: every package pinned with hashes, and no address in it."""

from __future__ import annotations

import re
import tomllib

import pytest

from tools.messages import SetUpError
from tools.places import LOCK_FILE, ROOT
from tools.python_environment import locked_requirement

LOCK = LOCK_FILE.read_text(encoding="utf-8")


def test_every_package_has_hashes() -> None:
    entries = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]

    assert entries
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_no_address() -> None:
    assert "://" not in LOCK
    assert "index" not in LOCK


def test_everything_that_the_project_asks_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    asked = [*project["build-system"]["requires"], *project["project"]["dependencies"], *(r for e in extras for r in e)]
    names = {re.split(r"[\[=<>~! ;]", requirement)[0].replace("_", "-").replace(".", "-") for requirement in asked}
    pinned = {line.split("==")[0] for line in LOCK.splitlines() if "==" in line}

    assert names - pinned == set()


def test_the_lines_of_one_package() -> None:
    uv = "uv==0.13.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
    lock = f"urllib3==2.0 \\\n    --hash=sha256:aa\n{uv}    # via x\nx==1\n"

    assert locked_requirement("uv", lock) == uv


def test_a_package_that_is_not_pinned() -> None:
    with pytest.raises(SetUpError, match=r"requirements\.lock does not pin uv; run `make lock`"):
        locked_requirement("uv", "x==1 \\\n    --hash=sha256:aa\n")
