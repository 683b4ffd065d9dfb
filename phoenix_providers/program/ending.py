"""Ending the program with one message."""

from __future__ import annotations

import sys
from typing import NoReturn

import pulumi

from phoenix_providers.errors import PhoenixError

# The language host takes this exit code to mean that the error has been shown; any other adds a traceback or a notice.
_ALREADY_SHOWN = 32


def stop(error: PhoenixError) -> NoReturn:
    """Show the error as we wrote it, and end the program; nothing has been touched."""
    pulumi.log.error(f"{error.label}: {error}")
    sys.exit(_ALREADY_SHOWN)
