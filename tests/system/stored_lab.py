"""A lab with the state that an earlier version wrote, as files of `tests/samples/states`, and a lab from these files.

Only here stands what differs from lab to lab: the addresses, and the lab's folder. Kept files have the example's
addresses, which a lab on its own has, and `FOLDER` for the folder.

Run as `python -m tests.system.stored_lab LAB SAMPLE` to keep a lab that has stopped; the README there says when.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

from phoenix_providers.cli.rehearsal.workspace import prepare
from phoenix_providers.lab.home import LabHome
from phoenix_providers.lab.network import EXAMPLE

STATES = Path(__file__).parents[1] / "samples" / "states"
ENGINE = "engine.json"
FOLDER = "/the-folder-of-the-lab"
# By it a state of another site is refused.
SITE_ID = "0123456789abcdef"
# What the stand-ins know; keys, logs and addresses are made anew when a lab starts.
_PRODUCTS = ("portainer.json", "docker-*.json", "state.json", "admin-password", "token", "compose/*/*")
_PUBLISHED = ("hosts.d/*", "traefik/dynamic/*.yml")
# Where and when a resource was declared: it names folders of one computer, and the engine does not need it.
_NOT_KEPT = ("created", "modified", "sourcePosition", "stackTrace")
_SECONDS = re.compile(r"\b1[789]\d{8}\b")
_NEW_YEAR_2025 = 1_735_689_600


def keep(home: LabHome, sample: Path) -> None:
    """Write the files of a sample: of a lab that has stopped, and of the state beside its folders."""
    sample.mkdir(parents=True)
    shutil.copytree(home.site / "config", sample / "config", ignore=shutil.ignore_patterns("schema"))
    for pattern in (*_PRODUCTS, *_PUBLISHED):
        for file in home.products.glob(pattern):
            kept = sample / "products" / file.relative_to(home.products)
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, kept)
    state = json.loads((home.folder / ENGINE).read_text())
    for resource in state["deployment"]["resources"]:
        for key in _NOT_KEPT:
            resource.pop(key, None)
    state["deployment"]["manifest"]["time"] = "2025-01-01T00:00:00Z"
    (sample / ENGINE).write_text(json.dumps(state, indent=1) + "\n")
    _replace(sample, str(home.folder), FOLDER)
    _make_older(sample)


def unpack(sample: Path, home: LabHome, network: str) -> Path:
    """Put a sample's files where a lab of this network starts from; return the file of the engine's state."""
    prepare(home, sample / "config", network)
    shutil.copytree(sample / "products", home.products)
    state = Path(shutil.copyfile(sample / ENGINE, home.folder / ENGINE))
    for where in (home.site / "config", home.products, state):
        _replace(where, FOLDER, str(home.folder))
        _replace(where, EXAMPLE, network)
    return state


def _make_older(sample: Path) -> None:
    """Let it have begun with the year 2025: what is in the future would not be healthy on other computers."""
    first = min(int(found) for found in _SECONDS.findall((sample / "products" / "portainer.json").read_text()))
    for file in _files(sample):
        file.write_text(_SECONDS.sub(lambda found: str(int(found[0]) - first + _NEW_YEAR_2025), file.read_text()))


def _replace(where: Path, old: str, new: str) -> None:
    for file in _files(where):
        file.write_text(file.read_text().replace(old, new))


def _files(where: Path) -> list[Path]:
    return [where] if where.is_file() else [file for file in where.rglob("*") if file.is_file()]


if __name__ == "__main__":
    keep(LabHome(Path(sys.argv[1]).resolve()), Path(sys.argv[2]))
