"""The multipart form that creates an environment."""

from __future__ import annotations

import json
from dataclasses import dataclass

from aiohttp import web

from phoenix_providers.lab.portainer.reach import LOCAL_SOCKET
from phoenix_providers.lab.portainer.refusal import Refusal, invalid_payload

_BAD_TYPE = (
    "Invalid environment type value. Value must be one of: 1 (Docker environment), 2 (Agent environment), "
    "3 (Azure environment), 4 (Edge Agent environment) or 5 (Local Kubernetes environment)"
)
_BAD_CERTIFICATE = "Invalid certificate file. Ensure that the file is uploaded correctly"


@dataclass(frozen=True)
class EndpointForm:
    """A checked form; the three TLS flags are either all given or none."""

    name: str
    creation_type: int
    url: str
    public_url: str
    group: int
    tags: tuple[int, ...]
    tls: bool

    @classmethod
    async def of(cls, request: web.Request, *, strict_type: bool) -> EndpointForm:
        """Read and check the form; a body that is no form has no name."""
        fields = await _fields(request)
        if not fields.get("Name"):
            raise invalid_payload("Invalid environment name")
        creation_type = _creation_type(fields.get("EndpointCreationType", ""), strict=strict_type)
        tls = _flag(fields, "TLS")
        if tls and not (_flag(fields, "TLSSkipVerify") and _flag(fields, "TLSSkipClientVerify")):
            raise invalid_payload(_BAD_CERTIFICATE)
        return cls(
            name=fields["Name"],
            creation_type=creation_type,
            url=fields.get("URL") or LOCAL_SOCKET,
            public_url=fields.get("PublicURL", ""),
            group=int(fields.get("GroupID") or 0) or 1,
            tags=_tags(fields.get("TagIds", "")),
            tls=tls,
        )


async def _fields(request: web.Request) -> dict[str, str]:
    if not request.content_type.startswith("multipart/form-data"):
        return {}
    return {key: value for key, value in (await request.post()).items() if isinstance(value, str)}


def _flag(fields: dict[str, str], name: str) -> bool:
    return fields.get(name, "").lower() in ("true", "1")


def _creation_type(text: str, *, strict: bool) -> int:
    if not text.isdigit() or int(text) == 0 or (strict and int(text) > 5):
        raise invalid_payload(_BAD_TYPE)
    if int(text) in (3, 4, 5):
        raise Refusal(501, "The lab imitates Docker environments and agents only")
    return int(text)


def _tags(text: str) -> tuple[int, ...]:
    if not text:
        return ()
    try:
        return tuple(int(tag) for tag in json.loads(text))
    except (ValueError, TypeError):
        raise invalid_payload("Invalid TagIds parameter") from None
