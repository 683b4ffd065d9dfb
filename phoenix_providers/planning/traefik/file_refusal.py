"""Why one of our files was not written: each cause once, with what mends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from phoenix_providers.errors import Explanation
from phoenix_providers.planning.traefik.structure_check import Fault

ANOTHER_ENTRY_POINT = "pulumi config set phoenix:entryPoints NAME"
_SHOWN_PATHS = 3
# Every route of a guest has these from one setting, by the last step of the path.
_SETTINGS = {
    "entryPoints": ANOTHER_ENTRY_POINT,
    "serversTransport": "pulumi config set --path phoenix:serversTransport.rootCa FILE   (the CA, where Traefik runs)"
    "\n            or: pulumi config set --path phoenix:serversTransport.name NAME   (one that Traefik has)",
}
_CORRECT = "correct the route that says it, then run again"


def causes(faults: Iterable[Fault]) -> tuple[Explanation, ...]:
    """Return one explanation for all that say the same of a file whose routes are made from guests and settings."""
    paths: dict[tuple[str, str, str], list[str]] = {}
    for fault in faults:
        mends = _SETTINGS.get(fault.path.rpartition(".")[2], _CORRECT)
        paths.setdefault((fault.reason, fault.expected, mends), []).append(fault.path)
    return tuple(
        Explanation(reason, _shortened(found), expected=expected, next_step=mends)
        for (reason, expected, mends), found in paths.items()
    )


def _shortened(paths: Sequence[str]) -> str:
    more = len(paths) - _SHOWN_PATHS
    return ", ".join(paths[:_SHOWN_PATHS]) + (f", and {more} more" if more > 0 else "")
