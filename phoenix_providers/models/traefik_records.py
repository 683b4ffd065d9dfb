"""Traefik's own forms: their keys are Traefik's (see `planning/traefik/file_structure`), and names that users chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

# A file of Traefik's file provider, or the part of it that is one stack's: {http, tcp, udp, tls}.
DynamicConfiguration: TypeAlias = Mapping[str, Any]
# One that is being put together.
NewConfiguration: TypeAlias = dict[str, Any]
# One protocol's part of it: {routers, services, middlewares, serversTransports}; or all items of one kind, by name.
ConfigurationSection: TypeAlias = Mapping[str, Any]
# One that is being put together.
NewSection: TypeAlias = dict[str, Any]
# One router, service or middleware.
TraefikItem: TypeAlias = Mapping[str, Any]
# One that is being put together.
NewItem: TypeAlias = dict[str, Any]
# What Traefik's API shows of all that it has loaded.
RunningConfiguration: TypeAlias = Mapping[str, Any]
