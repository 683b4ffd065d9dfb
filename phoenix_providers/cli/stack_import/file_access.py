"""Who may read a file, where not everybody may: programs such as ssh refuse a key that others can read."""

from __future__ import annotations

from pathlib import Path

import ruamel.yaml  # noqa: F401 - the package before its parts, see tests/program/test_imports.py
from ruamel.yaml.scalarint import OctalInt

from phoenix_providers.planning.compose.parts import Part

_ALL = 0o777
_FOR_OTHERS = 0o004


def with_access(reference: Part, file: Path) -> Part:
    """Return a reference to a secret, in its long form, with the file's mode and owner; what it says itself stays."""
    found = file.stat()
    if found.st_mode & _FOR_OTHERS:
        return reference
    said: dict[str, object] = {"mode": OctalInt(found.st_mode & _ALL)}
    if found.st_uid or found.st_gid:
        said |= {"uid": str(found.st_uid), "gid": str(found.st_gid)}
    parts = {key: Part(value, value, reference.path) for key, value in said.items() if key not in reference.value}
    return reference.with_content({**reference.value, **parts})
