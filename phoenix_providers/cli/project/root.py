"""The project around a folder, found as the engine finds it: upwards."""

from __future__ import annotations

from pathlib import Path

PROJECT_FILE = "Pulumi.yaml"


def project_root(start: Path) -> Path | None:
    """Return the nearest folder that has a Pulumi.yaml, from this one upwards."""
    place = start.resolve()
    return next((folder for folder in (place, *place.parents) if (folder / PROJECT_FILE).is_file()), None)
