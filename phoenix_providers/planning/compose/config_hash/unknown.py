"""Something whose form in compose is not known for certain."""

from __future__ import annotations


class UnknownShapeError(ValueError):
    """The configuration hash cannot be computed; the message names the part."""
