"""Stacks that Portainer cannot deploy, because they are Portainer."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SERVER = {"portainer/portainer-ce", "portainer/portainer-ee", "portainer/portainer"}
_AGENT = {"portainer/agent"}
_IMAGE = re.compile(r"""\bimage["']?:\s*["']?([^\s"'#,}]+)""")


def bootstrap_reason(images: Iterable[str], environment: str) -> str:
    """Say why a stack with these images is never deployed through Portainer; empty for ordinary ones."""
    repositories = {_repository(image) for image in images}
    if repositories & _SERVER:
        return "it runs the Portainer server, which would stop itself while deploying"
    if repositories & _AGENT:
        return f"it runs the agent of {environment}, through which it would be deployed"
    return ""


def images_in(text: str) -> tuple[str, ...]:
    """Return what look like images in a compose file that cannot be read: broken, it is still Portainer's own."""
    return tuple(_IMAGE.findall(text))


def _repository(image: str) -> str:
    """Return the last two parts of an image's name, without registry, tag and digest."""
    name = re.sub(r":[^/]*$", "", image.partition("@")[0].strip().lower())
    return "/".join(name.split("/")[-2:])
