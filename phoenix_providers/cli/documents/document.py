"""What all documents of `--json` have in common."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict


class DocumentPart(BaseModel):
    """A part of one that has no other use."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Document(BaseModel):
    """The answer of one command for other programs.

    Fields may be added; one that changes its meaning, or goes, makes a new `version`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    # Of the command, such as `plan`: the name of its schema.
    command: ClassVar[str]

    version: Literal[1] = 1

    def text(self) -> str:
        """Return what is printed."""
        return self.model_dump_json(indent=2)
