"""Looking at places on Proxmox before a first write, and refusing one that would overwrite something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import UnsafeError
from phoenix_providers.planning.proxmox.take_over import FoundOnProxmox
from phoenix_providers.planning.proxmox_scope import ProxmoxScope


def look(settings: ProxmoxSettings, scope: ProxmoxScope) -> FoundOnProxmox:
    """Read what a place has now."""
    if scope.kind == "node":
        return FoundOnProxmox(hosts=settings.hosts(scope.node), resolver=settings.resolver(scope.node))
    options = settings.options(scope.path)
    cluster = options if scope.kind == "cluster" else settings.options("cluster")
    in_force = all(str(level.get("enable") or "0") != "0" for level in (cluster, options))
    return FoundOnProxmox(rules=settings.rules(scope.path), options=options, in_force=in_force)


def refuse_losses(where: str, losses: Mapping[ProxmoxScope, Sequence[str]]) -> None:
    """Refuse, and name every place with all that it would lose.

    Raises:
        UnsafeError: There is a loss.
    """
    lost = {scope.title: lines for scope, lines in losses.items() if lines}
    if not lost:
        return
    places = next(iter(lost)) if len(lost) == 1 else f"{len(lost)} places on Proxmox"
    text = [line for title, lines in lost.items() for line in (f"{title}:", *(f"  {one}" for one in lines))]
    raise UnsafeError(
        f"This run would overwrite what {places} {'has' if len(lost) == 1 else 'have'} already; nothing was written",
        where=where,
        seen="\n            ".join(text),
        expected="nothing there yet, or resources that have been taken over",
        next_step="phoenix adopt",
    )
