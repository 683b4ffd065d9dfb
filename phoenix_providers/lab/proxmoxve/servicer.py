"""The resource provider protocol, as the Pulumi engine speaks it; the calls about resources are in `resource_calls`."""

from __future__ import annotations

import json
import os
from typing import Any

from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from phoenix_providers.lab.proxmoxve.checks import failures
from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.diff_response import diff_response
from phoenix_providers.lab.proxmoxve.differences import Difference
from phoenix_providers.lab.proxmoxve.engine_log import EngineLog
from phoenix_providers.lab.proxmoxve.lookups import LOOKUPS
from phoenix_providers.lab.proxmoxve.refusals import refuse, refusing
from phoenix_providers.lab.proxmoxve.resource_calls import ResourceCalls
from phoenix_providers.lab.proxmoxve.settings import SECRETS, address_of, parse_settings
from phoenix_providers.lab.proxmoxve.wire import secret, to_plain

VERSION = "8.6.0"


class Servicer(ResourceCalls):
    """Serves one engine, and one lab: `endpoint` is the only Proxmox that it talks to."""

    def __init__(self, endpoint: str, log: EngineLog) -> None:
        self._endpoint = endpoint
        self._log = log

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
        with refusing(context):
            settings = parse_settings(to_plain(request.args), os.environ)
        if settings.address != address_of(self._endpoint):
            host, port = settings.address
            refuse(
                context,
                f"this is the lab's stand-in for the proxmoxve plugin, which only talks to {self._endpoint}, and the "
                f"configured endpoint is https://{host}:{port}: take the lab's bin folder off PATH to use the real "
                "plugin",
            )
        self.connection = Connection(settings)
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
        with refusing(context, f"invoking {request.tok}: "):
            # The field is named with a keyword of Python.
            getattr(response, "return").update(lookup.look_up(self.proxmox(), arguments))
        return response
