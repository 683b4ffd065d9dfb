"""Agents that do not answer though stacks are to be removed through them for the last time.

A deletion that fails keeps all others from being done, so these stacks stay declared, and the verdict fails the run.
Asked before anything is declared, and only where a VM leaves together with stacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from phoenix_providers.errors import ProductError, UnreachableError
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.unknown_stacks import Recorded
from phoenix_providers.planning.stacks.leaving.leaving_environments import (
    LeavingEnvironment,
    address_taken,
    out_of_reach,
)

if TYPE_CHECKING:
    from phoenix_providers.operations.clients_of_run import PortainerAccess


def unreached_agents(
    settings: Settings,
    raw: Mapping[str, str],
    server: PortainerServer,
    leaving: Iterable[LeavingEnvironment],
    known: Recorded,
) -> dict[LeavingEnvironment, str]:
    """Return why the stacks of each cannot be removed in this run; where Portainer is silent the gate tells."""
    leaving = list(leaving)
    if not leaving:
        return {}
    from phoenix_providers.operations.clients_of_run import ClientsOfRun

    access = ClientsOfRun(settings, Credentials.from_raw(raw)).portainer(server)
    found: dict[LeavingEnvironment, str] = {}
    for one in leaving:
        error = address_taken(one) if one.taken_by else _silence(access, one, known)
        if error is not None:
            found[one] = f"{error.label}: {error}"
    return found


def _silence(access: PortainerAccess, one: LeavingEnvironment, known: Recorded) -> UnreachableError | None:
    from phoenix_providers.operations.stacks.leaving.agent_silence import agent_silence

    try:
        silence = agent_silence(access, one, is_published=one.host in (known.hosts or {}))
    except ProductError:
        return None
    return out_of_reach(one, silence) if silence is not None else None
