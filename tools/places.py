"""Where things lie: in the work tree, and in the cache that outlives it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

PULUMI_VERSION = "3.220.0"

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK_FILE = ROOT / "requirements.lock"
STAMP = VENV / ".phoenix-set-up.json"
WRAPPER = VENV / "bin" / "pulumi"


def toolchain_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the built Pulumi command line; it is shared by all work trees of a user."""
    own = environment.get("PHOENIX_CACHE")
    shared = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    cache = Path(own) if own else Path(shared) / "phoenix-sync"
    return cache.expanduser().absolute() / f"pulumi-{PULUMI_VERSION}" / "bin"
