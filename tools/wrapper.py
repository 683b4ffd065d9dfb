"""Writes `.venv/bin/pulumi`, the wrapper that starts the right Pulumi command line in the right environment."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from tools.places import ROOT, VENV, WRAPPER
from tools.pulumi_choice import InstalledPulumi

TEMPLATE = Path(__file__).resolve().parent / "pulumi_wrapper.sh"


def wrapper_text(choice: InstalledPulumi, venv: Path = VENV, root: Path = ROOT) -> str:
    """Return the wrapper for a choice of command line."""
    values = {
        "@VENV_BIN@": venv / "bin",
        "@PULUMI@": choice.pulumi,
        "@LANGUAGE_HOST_FOLDER@": choice.language_host.parent,
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for mark, value in values.items():
        text = text.replace(mark, shlex.quote(str(value)))
    # Stands inside double quotes, where only these four characters mean something.
    inside_quotes = "".join("\\" + sign if sign in '\\"$`' else sign for sign in str(root))
    return text.replace("@ROOT@", inside_quotes)


def write_wrapper(choice: InstalledPulumi) -> None:
    """Put the wrapper in place in one step, so that a run in progress never sees half of it."""
    aside = WRAPPER.with_name(f".{WRAPPER.name}.{os.getpid()}")
    aside.write_text(wrapper_text(choice), encoding="utf-8")
    aside.chmod(0o755)
    aside.replace(WRAPPER)
