"""What a run is about, as far as `phoenix sync stack` has said so."""

from __future__ import annotations

import os

# Set by `phoenix sync stack`: names of what the run is about, separated by blanks. Unset means everything.
MEANT_VARIABLE = "PHOENIX_MEANT"


def is_meant(name: str) -> bool:
    """Whether this run is about a resource; the others keep their failures for the next full run."""
    meant = os.environ.get(MEANT_VARIABLE)
    return not meant or name in meant.split()
