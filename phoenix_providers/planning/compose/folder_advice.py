"""The way in for a folder of which Portainer cannot have the files."""

from __future__ import annotations

from phoenix_providers.models.location import Location


def folder_advice(place: Location) -> str:
    """Return what to do about something in a compose file that means a file beside it."""
    return f"correct {place}, or have a new folder made of this one: phoenix init FOLDER --stack {place.file.parent}"
