"""Whether the agent of an environment that leaves answers, by looking alone."""

from __future__ import annotations

from phoenix_providers.clients.portainer.silence import EngineSilentError
from phoenix_providers.operations.clients_of_run import PortainerAccess
from phoenix_providers.operations.stacks.environment_lookup import by_id, full_url
from phoenix_providers.operations.stacks.portainer_data import is_of_other_data
from phoenix_providers.planning.stacks.leaving.leaving_environments import LeavingEnvironment


def agent_silence(access: PortainerAccess, one: LeavingEnvironment, *, is_published: bool) -> EngineSilentError | None:
    """Return what was seen of one that does not answer; None if it does, or if that cannot be known by looking.

    It cannot where its name is not published any more: the run leads the environment to the address (see `agent_ways`).

    Raises:
        ProductError: Portainer does not answer.
    """
    found = by_id(access.environments.all(), one.number)
    if found is None or is_of_other_data(one.instance, access.session):
        return None
    if one.address and not is_published and full_url(found.url) != one.address:
        return None
    try:
        access.docker(one.number).ping()
    except EngineSilentError as error:
        return error
    return None
