"""Stacks that their manifests hold: left alone until the files say otherwise."""

from __future__ import annotations

from collections.abc import Callable

from phoenix_providers.models.compose_records import ComposeTree
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.location import Location
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.site_plan import ROUTES_STAY, ROUTES_WITHDRAWN

_OURS = "x-phoenix"


def held(configuration: Configuration, name: str, vmid: int, findings: Findings) -> str:
    """Return what becomes of the routes of a stack that is held, and say so; empty if it is not."""
    folder = configuration.stacks.get(name)
    hold = folder.manifest.limits.hold if folder is not None else False
    if not hold:
        return ""
    routes = ROUTES_STAY if hold is True else ROUTES_WITHDRAWN
    findings.warning(
        f"{name}@{vmid} is held: nothing of it is changed, its routes "
        + ("stay as they are" if routes == ROUTES_STAY else "are withdrawn"),
        configuration.locate(f"stacks/{name}", _OURS, "hold"),
    )
    return routes


def refuse_misplaced(compose: ComposeTree, locate: Callable[..., Location], findings: Findings) -> None:
    """Report what is said to us where compose alone reads: it would do nothing, without a word."""
    if _OURS in compose:
        findings.error(
            f"the compose file says `{_OURS}`, which is read in the manifest alone",
            locate(_OURS),
            seen=f"`{_OURS}` in the compose file",
            expected=f"`{_OURS}` at the top level of phoenix.yaml",
            next_step="move it there",
        )
