"""The base of all models of the configuration files."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class FileModel(BaseModel):
    """A part of a file: frozen; fields that are not ours are accepted and left alone."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
