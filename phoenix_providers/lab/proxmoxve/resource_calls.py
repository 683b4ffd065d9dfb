"""The calls about resources, as the Pulumi engine makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from phoenix_providers.lab.proxmoxve.checks import Failure, failures
from phoenix_providers.lab.proxmoxve.cluster_options import ClusterOptions
from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.diff_response import diff_response
from phoenix_providers.lab.proxmoxve.differences import differences
from phoenix_providers.lab.proxmoxve.errors import IncompleteError, PluginError, listed
from phoenix_providers.lab.proxmoxve.guest_options import GuestOptions
from phoenix_providers.lab.proxmoxve.inputs import completed, imported, with_defaults
from phoenix_providers.lab.proxmoxve.node_dns import NodeDns
from phoenix_providers.lab.proxmoxve.node_hosts import NodeHosts
from phoenix_providers.lab.proxmoxve.planned import emptied, planned_create, planned_update, recorded_after_failure
from phoenix_providers.lab.proxmoxve.properties import with_unset
from phoenix_providers.lab.proxmoxve.refreshed import refreshed
from phoenix_providers.lab.proxmoxve.refusals import refuse, refuse_incomplete, refusing
from phoenix_providers.lab.proxmoxve.resource_type import ResourceType
from phoenix_providers.lab.proxmoxve.rules import Rules
from phoenix_providers.lab.proxmoxve.wire import to_plain

_TYPES: dict[str, ResourceType] = {
    kind.token: kind() for kind in (NodeDns, NodeHosts, ClusterOptions, Rules, GuestOptions)
}


class ResourceCalls(provider_pb2_grpc.ResourceProviderServicer):
    """Serves what is asked about resources, of the Proxmox that `connection` leads to once there is one."""

    connection: Connection | None = None

    def Check(self, request: Any, context: Any) -> Any:
        """Fill in defaults and find mistakes; nothing is sent."""
        kind = _type_of(request, context)
        with refusing(context):
            inputs = with_defaults(kind.properties, to_plain(request.news), to_plain(request.olds))
        response = provider_pb2.CheckResponse()
        response.inputs.update(inputs)
        name = request.urn.rpartition("::")[2]
        for failure in _failures(kind, inputs):
            response.failures.add(reason=failure.told(name))
        return response

    def Diff(self, request: Any, context: Any) -> Any:
        """Compare the recorded state with what an update would leave; nothing is sent."""
        kind = _type_of(request, context)
        state = to_plain(request.olds)
        found = differences(kind.properties, state, planned_update(kind.properties, state, to_plain(request.news)))
        ignored = tuple(request.ignoreChanges)
        counted = [one for one in found if not _is_in(one.place, ignored)]
        return diff_response(counted, [item.name for item in kind.properties if item.replaces])

    def Create(self, request: Any, context: Any) -> Any:
        """Make the object."""
        kind = _type_of(request, context)
        inputs = to_plain(request.properties)
        response = provider_pb2.CreateResponse()
        if request.preview:
            response.properties.update(planned_create(kind.properties, inputs) | {"id": UNKNOWN})
            return response
        wanted = completed(kind.properties, inputs)
        response.id = kind.id_of(wanted)
        with refusing(context):
            try:
                found = kind.create(self.proxmox(), wanted)
            except IncompleteError as error:
                state = with_unset(kind.properties, error.state) | {"id": response.id}
                reason = f"creating {request.urn}: {listed(error.reasons)}"
                refuse_incomplete(context, response.id, state, reason)
        response.properties.update(with_unset(kind.properties, found) | {"id": response.id})
        return response

    def Read(self, request: Any, context: Any) -> Any:
        """Refresh what is recorded, or import what an id names; an empty answer says that it names nothing."""
        kind = _type_of(request, context)
        recorded, inputs = to_plain(request.properties), to_plain(request.inputs)
        state = recorded or kind.state_of_import(request.id)
        if state is None:
            return provider_pb2.ReadResponse()
        response = provider_pb2.ReadResponse(id=recorded.get("id", request.id) if recorded else kind.id_of(state))
        state.pop("id", None)
        with refusing(context, f"refreshing {request.urn}: "):
            found = with_unset(kind.properties, kind.read(self.proxmox(), state))
        response.properties.update(found | {"id": response.id})
        response.inputs.update(refreshed(inputs, found) if recorded else imported(kind.properties, found))
        return response

    def Update(self, request: Any, context: Any) -> Any:
        """Change the object in place; after an error the engine records what was wanted, and tries again."""
        kind = _type_of(request, context)
        state, inputs = to_plain(request.olds), to_plain(request.news)
        response = provider_pb2.UpdateResponse()
        if request.preview:
            response.properties.update(planned_update(kind.properties, state, inputs) | {"id": request.id})
            return response
        try:
            wanted = emptied(kind.properties, state, completed(kind.properties, inputs))
            found = kind.update(self.proxmox(), state, wanted)
        except PluginError as error:
            kept = recorded_after_failure(kind.properties, state, inputs) | {"id": request.id}
            refuse_incomplete(context, request.id, kept, f"updating {request.urn}: {listed(error.reasons)}")
        # The engine does not learn of another id before the next refresh.
        identifier = kind.id_after_update(request.id, wanted)
        response.properties.update(with_unset(kind.properties, found) | {"id": identifier})
        return response

    def Delete(self, request: Any, context: Any) -> Any:
        """Give the object up; most types leave Proxmox as it is."""
        kind = _type_of(request, context)
        with refusing(context, f"deleting {request.urn}: "):
            kind.delete(self.proxmox(), to_plain(request.properties))
        return Empty()

    def proxmox(self) -> Connection:
        """Return the connection.

        Errors:
            PluginError: there is none yet.
        """
        if self.connection is None:
            raise PluginError("the provider is not configured")
        return self.connection


def _type_of(request: Any, context: Any) -> ResourceType:
    token = request.type or request.urn.split("::")[2].rpartition("$")[2]
    kind = _TYPES.get(token)
    if kind is None:
        refuse(context, f"the lab's stand-in for the proxmoxve plugin does not have the resource type {token}")
    return kind


def _failures(kind: ResourceType, inputs: Mapping[str, Any]) -> Iterator[Failure]:
    """What concerns several properties is told instead of what is wrong with one of them."""
    together = list(kind.more_failures(inputs))
    places = {failure.place for failure in together}
    yield from (failure for failure in failures(kind.properties, inputs) if failure.place not in places)
    yield from together


def _is_in(place: str, paths: tuple[str, ...]) -> bool:
    return any(place == path or place.startswith((f"{path}.", f"{path}[")) for path in paths)
