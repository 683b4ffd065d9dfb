"""Whether anybody sees what the engine is told for debugging alone."""

from __future__ import annotations

import os
from collections.abc import Mapping

# Set by the wrapper of `pulumi` and by `phoenix`, who know how the engine is called: "no" if neither `--debug`, nor
# `--verbose`, nor an event log is asked for.
DEBUG_LINES_VARIABLE = "PHOENIX_DEBUG_LINES"
# The engine takes its options from the environment as well.
_OPTIONS = ("PULUMI_OPTION_DEBUG", "PULUMI_OPTION_VERBOSE", "PULUMI_OPTION_EVENT_LOG")


def nobody_sees_them(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether it was said that nobody does; where nothing is said, somebody may."""
    return environment.get(DEBUG_LINES_VARIABLE) == "no" and not any(map(environment.get, _OPTIONS))
