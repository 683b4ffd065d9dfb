"""Asking Traefik and Portainer which of the connections that would be cut carry anything."""

from __future__ import annotations

from collections.abc import Iterable

from phoenix_providers.errors import PhoenixError
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.firewall.question import FirewallQuestion
from phoenix_providers.planning.site.idle_connections import leads_to

_KINDS = ("backend", "agent")


def without_idle(found: Iterable[Cut], question: FirewallQuestion) -> list[Cut]:
    """Leave out what neither the state knows nor whoever would open the connection; silence counts as known.

    Args:
        found: What would be cut.
        question: Which connections the state knows, and who is asked about the others.
    """
    cuts, in_use = list(found), question.in_use
    unknown = [] if in_use is None else [cut for cut in cuts if cut.connection.name not in in_use]
    for kind in _KINDS:
        asked = [cut for cut in unknown if cut.connection.name.partition("@")[0] == kind]
        told = _told(kind, question) if asked else None
        if told is not None:
            idle = {cut.connection.name for cut in asked if not leads_to(cut.connection, told)}
            cuts = [cut for cut in cuts if cut.connection.name not in idle]
    return cuts


def _told(kind: str, question: FirewallQuestion) -> object | None:
    """Return all that Traefik or Portainer may lead to; None where it does not tell."""
    current = clients_of_run.current()
    try:
        if kind == "backend":
            return current.traefik(question.traefik_api).running() if question.traefik_api else None
        if question.portainer is None:
            return None
        return [one.url for one in current.portainer(question.portainer).environments.all()]
    except PhoenixError:
        return None
