"""Registries of images: their passwords are kept, and used for pulls and deploys."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from phoenix_providers.lab.docker.private_registry import SignIn
from phoenix_providers.lab.portainer.endpoints import find_endpoint
from phoenix_providers.lab.portainer.faults import cut
from phoenix_providers.lab.portainer.payload import Payload
from phoenix_providers.lab.portainer.refusal import (
    DATABASE_MISS,
    Refusal,
    absent,
    invalid_payload,
    json_answer,
    route_number,
)
from phoenix_providers.lab.portainer.store import Record, Store
from phoenix_providers.lab.portainer.style import Style

_KINDS = range(1, 8)
_BUCKET = "registries"
_ABSENT = "Unable to find a registry with the specified identifier inside the database"


class Registries:
    """Routes of registries; all users of the lab are administrators, who may use all of them everywhere."""

    def __init__(self, store: Store, style: Style) -> None:
        self._store = store
        self._style = style

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/api/registries", self._list, allow_head=False),
            web.post("/api/registries", self._create),
            web.get("/api/registries/{id}", self._inspect, allow_head=False),
            web.put("/api/registries/{id}", self._update),
            web.delete("/api/registries/{id}", self._delete),
            web.get("/api/endpoints/{id}/registries", self._list_of_endpoint, allow_head=False),
            web.put("/api/endpoints/{id}/registries/{registry}", self._admit),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return json_answer([self._listed(registry) for registry in self._store.registries.values()])

    async def _list_of_endpoint(self, request: web.Request) -> web.Response:
        find_endpoint(self._store, route_number(request, "environment"))
        return json_answer([_shown(registry) for registry in self._store.registries.values()])

    async def _inspect(self, request: web.Request) -> web.Response:
        return json_answer(_shown(self._known(request)))

    async def _create(self, request: web.Request) -> web.Response:
        payload = await Payload.of(request)
        for key, what in (("Name", "name"), ("URL", "URL")):
            if not payload.text(key):
                raise invalid_payload(f"Invalid registry {what}")
        if payload.flag("Authentication") and not (payload.text("Username") and payload.text("Password")):
            raise invalid_payload(
                "Invalid credentials. Username and password must be specified when authentication is enabled"
            )
        if payload.number("Type") not in _KINDS:
            raise invalid_payload("Invalid registry type")
        registry = _new(payload)
        self._check_name(registry)
        self._check_sign_in(registry)
        registry["Id"] = self._store.next_id(_BUCKET)
        self._store.registries[registry["Id"]] = registry
        self._store.save()
        return json_answer({**_shown(registry), "RegistryAccesses": None})

    async def _update(self, request: web.Request) -> web.Response:
        registry, payload = self._known(request), await Payload.of(request)
        changed = {**registry}
        if payload.has("Name"):
            changed["Name"] = payload.text("Name")
        self._check_name(changed)
        if payload.has("Authentication"):
            changed["Authentication"] = payload.flag("Authentication")
            for key in ("Username", "Password"):
                if not changed["Authentication"]:
                    changed[key] = ""
                elif payload.has(key) and (payload.text(key) or key == "Username"):
                    changed[key] = payload.text(key)
        if payload.has("URL"):
            changed["URL"] = payload.text("URL")
            self._check_sign_in(changed)
        registry.update(changed)
        self._store.save()
        # Up to the newest line this answer repeats the password.
        return json_answer(_shown(registry) if self._style.asynchronous else registry)

    async def _delete(self, request: web.Request) -> web.Response:
        number = route_number(request, "registry")
        if number not in self._store.registries:
            if self._style.panics_without_registry:
                cut(request)
                return web.Response(status=499)
            if self._style.asynchronous:
                raise Refusal(500, _ABSENT, f"{DATABASE_MISS} (bucket={_BUCKET}, key={number})")
            raise absent(_ABSENT, _BUCKET, number)
        del self._store.registries[number]
        self._store.save()
        return web.Response(status=204)

    async def _admit(self, request: web.Request) -> web.Response:
        endpoint = find_endpoint(self._store, route_number(request, "environment"))
        registry = self._known(request, "registry")
        payload = await Payload.of(request)
        registry["RegistryAccesses"][str(endpoint["Id"])] = {
            "UserAccessPolicies": payload.mapping("UserAccessPolicies"),
            "TeamAccessPolicies": payload.mapping("TeamAccessPolicies"),
            "Namespaces": [],
        }
        self._store.save()
        return web.Response(status=204)

    def _listed(self, registry: Record) -> Record:
        if not self._style.lists_passwords:
            return _shown(registry)
        sign_in = {key: registry[key] for key in ("Type", "Authentication", "Username", "Password")}
        tls = {"TLS": False, "TLSSkipVerify": False}
        return {**registry, "ManagementConfiguration": {**sign_in, "TLSConfig": tls, "Ecr": {"Region": ""}}}

    def _known(self, request: web.Request, part: str = "id") -> Record:
        number = route_number(request, "registry", part)
        if number not in self._store.registries:
            raise absent(_ABSENT, _BUCKET, number)
        return self._store.registries[number]

    def _check_name(self, registry: Record) -> None:
        if any(other["Name"] == registry["Name"] for other in self._others(registry)):
            raise Refusal(
                409, "Another registry with the same name already exists", "A registry is already defined for this name"
            )

    def _check_sign_in(self, registry: Record) -> None:
        own = _place(registry)
        if any(_place(other) == own for other in self._others(registry)):
            raise Refusal(
                409,
                "Another registry with the same URL and credentials already exists",
                "A registry is already defined for this URL and credentials",
            )

    def _others(self, registry: Record) -> list[Record]:
        return [other for other in self._store.registries.values() if other["Id"] != registry["Id"]]


def sign_ins(store: Store) -> tuple[SignIn, ...]:
    """Return what a deploy signs in with: all registries, whatever the environment."""
    return tuple(_sign_in(registry) for registry in store.registries.values() if registry["Authentication"])


def sign_in_of(store: Store, header: str) -> tuple[SignIn, ...]:
    """Return what the proxy makes of a client's `X-Registry-Auth`: a number stands for a registry's own sign-in."""
    data = _decoded(header)
    if "registryId" in data:
        registry = store.registries.get(data["registryId"])
        return (_sign_in(registry),) if registry is not None else ()
    return sign_in_sent(header)


def sign_in_sent(header: str) -> tuple[SignIn, ...]:
    """Return what the engine makes of that header where the proxy passes it on: a number means nothing to it."""
    data = _decoded(header)
    if not data:
        return ()
    return (SignIn(*(str(data.get(key, "")) for key in ("serveraddress", "username", "password"))),)


def _decoded(header: str) -> Mapping[str, Any]:
    try:
        data = json.loads(base64.urlsafe_b64decode(header))
    except ValueError:
        return {}
    return data if isinstance(data, Mapping) else {}


def _sign_in(registry: Record) -> SignIn:
    return SignIn(registry["URL"], registry["Username"], registry["Password"])


def _new(payload: Payload) -> Record:
    signs_in = payload.flag("Authentication")
    return {
        "Id": 0,
        "Type": payload.number("Type"),
        "Name": payload.text("Name"),
        "URL": payload.text("URL"),
        "BaseURL": "",
        "Authentication": signs_in,
        "Username": payload.text("Username"),
        "Password": payload.text("Password"),
        "ManagementConfiguration": None,
        "Gitlab": {"ProjectId": 0, "InstanceURL": "", "ProjectPath": ""},
        "Quay": {"OrganisationName": ""},
        "Ecr": {"Region": ""},
        "RegistryAccesses": {},
    }


def _place(registry: Record) -> tuple[Any, ...]:
    return registry["URL"], registry["Authentication"], registry["Username"] if registry["Authentication"] else ""


def _shown(registry: Record) -> Record:
    return {**registry, "Password": ""}
