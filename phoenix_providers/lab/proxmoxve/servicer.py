"""The resource provider protocol, as the Pulumi engine speaks it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from phoenix_providers.lab.proxmoxve.checks import Failure, failures
from phoenix_providers.lab.proxmoxve.cluster_options import ClusterOptions
from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.diff_response import diff_response
from phoenix_providers.lab.proxmoxve.differences import Difference, differences
from phoenix_providers.lab.proxmoxve.engine_log import EngineLog
from phoenix_providers.lab.proxmoxve.errors import IncompleteError, PluginError, listed
from phoenix_providers.lab.proxmoxve.guest_options import GuestOptions
from phoenix_providers.lab.proxmoxve.inputs import completed, imported, with_defaults
from phoenix_providers.lab.proxmoxve.lookups import LOOKUPS
from phoenix_providers.lab.proxmoxve.node_dns import NodeDns
from phoenix_providers.lab.proxmoxve.node_hosts import NodeHosts
from phoenix_providers.lab.proxmoxve.planned import emptied, planned_create, planned_update, recorded_after_failure
from phoenix_providers.lab.proxmoxve.properties import with_unset
from phoenix_providers.lab.proxmoxve.refreshed import refreshed
from phoenix_providers.lab.proxmoxve.refusals import refuse, refuse_incomplete
from phoenix_providers.lab.proxmoxve.resource_type import ResourceType
from phoenix_providers.lab.proxmoxve.rules import Rules
from phoenix_providers.lab.proxmoxve.settings import SECRETS, address_of, parse_settings
from phoenix_providers.lab.proxmoxve.wire import secret, to_plain

VERSION = "8.6.0"

_TYPES: dict[str, ResourceType] = {
    kind.token: kind() for kind in (NodeDns, NodeHosts, ClusterOptions, Rules, GuestOptions)
}


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one engine, and one lab: `endpoint` is the only Proxmox that it talks to."""

    def __init__(self, endpoint: str, log: EngineLog) -> None:
        self._endpoint = endpoint
        self._log = log
        self._connection: Connection | None = None

    # The plugin as a whole.

    def Handshake(self, _request: Any, _context: Any) -> Any:
        """Say what kinds of values are understood: no secrets, the engine keeps track of them."""
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:
        """Return the version of the plugin that this stands in for."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, _request: Any, _context: Any) -> Any:
        """Return the least that is a schema; nothing is generated from it."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": "proxmoxve", "version": VERSION}))

    def GetMapping(self, _request: Any, _context: Any) -> Any:
        """There is nothing to convert from."""
        return provider_pb2.GetMappingResponse()

    def GetMappings(self, _request: Any, _context: Any) -> Any:
        """There is nothing to convert from."""
        return provider_pb2.GetMappingsResponse()

    def Cancel(self, _request: Any, _context: Any) -> Any:
        """Take note; calls that run are not cut short, as measured."""
        return Empty()

    def CheckConfig(self, request: Any, _context: Any) -> Any:
        """Take the configuration as it is; credentials become secrets."""
        given = to_plain(request.news)
        response = provider_pb2.CheckResponse()
        response.inputs.update({name: secret(value) if name in SECRETS else value for name, value in given.items()})
        return response

    def DiffConfig(self, request: Any, _context: Any) -> Any:
        """Any change updates the provider in place, another endpoint too."""
        olds, news = to_plain(request.old_inputs), to_plain(request.news)
        changed = sorted(name for name in olds.keys() | news.keys() if olds.get(name) != news.get(name))
        return diff_response([Difference(name, "UPDATE", replaces=False) for name in changed])

    def Configure(self, request: Any, context: Any) -> Any:
        """Check the settings and refuse every Proxmox but the lab's; nothing is sent to it."""
        self._log.debug(f"lab stand-in for the proxmoxve plugin {VERSION}, for {self._endpoint} only")
        with _errors(context):
            settings = parse_settings(to_plain(request.args), os.environ)
        if settings.address != address_of(self._endpoint):
            host, port = settings.address
            refuse(
                context,
                f"this is the lab's stand-in for the proxmoxve plugin, which only talks to {self._endpoint}, and the "
                f"configured endpoint is https://{host}:{port}: take the lab's bin folder off PATH to use the real "
                "plugin",
            )
        self._connection = Connection(settings)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Invoke(self, request: Any, context: Any) -> Any:
        """Look something up."""
        lookup = LOOKUPS.get(request.tok)
        if lookup is None:
            refuse(context, f"the lab's stand-in for the proxmoxve plugin does not have the function {request.tok}")
        response = provider_pb2.InvokeResponse()
        arguments = to_plain(request.args)
        for failure in failures(lookup.properties, arguments):
            response.failures.add(reason=failure.reason)
        if response.failures:
            return response
        with _errors(context, f"invoking {request.tok}: "):
            # The field is named with a keyword of Python.
            getattr(response, "return").update(lookup.look_up(self._proxmox(), arguments))
        return response

    # Resources.

    def Check(self, request: Any, context: Any) -> Any:
        """Fill in defaults and find mistakes; nothing is sent."""
        kind = _type_of(request, context)
        with _errors(context):
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
        with _errors(context):
            try:
                found = kind.create(self._proxmox(), wanted)
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
        with _errors(context, f"refreshing {request.urn}: "):
            found = with_unset(kind.properties, kind.read(self._proxmox(), state))
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
            found = kind.update(self._proxmox(), state, wanted)
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
        with _errors(context, f"deleting {request.urn}: "):
            kind.delete(self._proxmox(), to_plain(request.properties))
        return Empty()

    def _proxmox(self) -> Connection:
        if self._connection is None:
            raise PluginError("the provider is not configured")
        return self._connection


@contextmanager
def _errors(context: Any, doing: str = "") -> Iterator[None]:
    try:
        yield
    except PluginError as error:
        refuse(context, doing + listed(error.reasons))


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
