"""The way from a stack's properties to its Portainer.

What deploys is imported where something is deployed: most runs only look, and it is a lot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.stacks.lookup import StackLookup
from phoenix_providers.operations.stacks.portainer_data import is_of_other_data

if TYPE_CHECKING:
    from phoenix_providers.operations.stacks.deployment import StackDeployment


def deployment_of(props: StoredProperties) -> StackDeployment:
    """Return who deploys it."""
    from phoenix_providers.operations.stacks.deployment import StackDeployment
    from phoenix_providers.operations.stacks.leaving.making_room import MakingRoom
    from phoenix_providers.operations.stacks.limits import Limits

    current = clients_of_run.current()
    access = current.portainer(PortainerServer.from_input(props["server"]))
    own_limits = props.get("limits") or {}
    limits = Limits(
        float(own_limits.get("timeout") or current.settings.deploy_timeout),
        float(current.settings.settle if own_limits.get("settle") is None else own_limits["settle"]),
    )
    number = int(props.get("environment_id") or 0)
    docker, slot = access.docker(number), access.slots.of(number)
    room = MakingRoom(current, str(props["environment"]), str(props["resource"]))
    return StackDeployment(access.server, access.stacks, access.environments, docker, current.clock, limits, room, slot)


def lookup_of(props: StoredProperties) -> StackLookup:
    """Return who looks how it is."""
    access = clients_of_run.current().portainer(PortainerServer.from_input(props["server"]))
    docker = access.docker(int(props.get("environment_id") or 0))
    return StackLookup(access.stacks, access.environments, docker)


def was_made_in_other_data(props: StoredProperties) -> bool:
    """Whether its environment was one of a Portainer that has other data now."""
    session = clients_of_run.current().portainer(PortainerServer.from_input(props["server"])).session
    return is_of_other_data(props.get("environment_instance"), session)
