"""Registries that give nothing without a sign-in: those whose host begins with `private.`."""

from __future__ import annotations

from dataclasses import dataclass, field

_PRIVATE = "private."
# What all of them accept.
USER, PASSWORD = "lab", "registry-of-the-lab"
WRONG_SIGN_IN = "unauthorized: authentication required"


@dataclass(frozen=True)
class SignIn:
    """User and password for one host."""

    host: str
    user: str
    password: str = field(repr=False)


def pull_refusal(image: str, sign_ins: tuple[SignIn, ...]) -> str:
    """Return what Docker says when a private registry refuses an image; empty when it gives it, or is not private."""
    host, slash, rest = image.partition("/")
    if not slash or not host.startswith(_PRIVATE):
        return ""
    name, _, tag = rest.rpartition(":") if ":" in rest else (rest, "", "latest")
    sign_in = next((item for item in reversed(sign_ins) if item.host == host), None)
    if sign_in is None:
        return f'Head "https://{host}/v2/{name}/manifests/{tag}": no basic auth credentials'
    if (sign_in.user, sign_in.password) != (USER, PASSWORD):
        return f'Head "https://{host}/v2/{name}/manifests/{tag}": {WRONG_SIGN_IN}'
    return ""
