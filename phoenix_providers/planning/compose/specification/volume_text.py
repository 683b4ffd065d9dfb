"""The short form of a service's volume, taken apart as compose does it (compose-go 2, `format/volume.go`)."""

from __future__ import annotations

from dataclasses import dataclass

_SHORTEST = 3


class VolumeError(ValueError):
    """A text that compose would refuse."""


@dataclass(frozen=True)
class VolumeText:
    """Source, empty for an anonymous volume; target; options as they stand there."""

    source: str
    target: str
    options: str = ""

    @property
    def named(self) -> str:
        """The volume's name in the file; empty for a path, and for an anonymous one."""
        is_path = self.source.startswith((".", "/", "~", "\\\\")) or self.source[1:2] == ":"
        return "" if is_path else self.source


def read_volume(text: str) -> VolumeText:
    """Take a text apart; variables are already replaced.

    Raises:
        VolumeError: Compose would refuse it.
    """
    if not text:
        raise VolumeError("it is empty")
    if len(text) < _SHORTEST:
        return VolumeText("", text)
    parts = _parts(text)
    if not all(parts):
        raise VolumeError("nothing stands between two colons, or behind the last one")
    if len(parts) > _SHORTEST:
        raise VolumeError("it has too many colons")
    return VolumeText("", parts[0]) if len(parts) == 1 else VolumeText(*parts)


def _parts(text: str) -> list[str]:
    """Split at colons, but not behind a single letter, which is a drive."""
    parts: list[str] = []
    for part in text.split(":"):
        if parts and len(parts[-1]) == 1 and parts[-1].isalpha():
            parts[-1] += f":{part}"
        else:
            parts.append(part)
    return parts
