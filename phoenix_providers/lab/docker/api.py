"""The part of the Docker Engine API that a Portainer client uses through the proxy."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.lab.docker import answers
from phoenix_providers.lab.docker.container import Container
from phoenix_providers.lab.docker.errors import DockerError
from phoenix_providers.lab.docker.host import DockerHost
from phoenix_providers.lab.docker.private_registry import SignIn

_NOT_A_SWARM = (
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm '
    "and try again."
)


@dataclass(frozen=True)
class DockerAnswer:
    """One answer; `body` is data to be sent as JSON, text, or bytes; None for none."""

    status: int
    body: Any = None
    content_type: str = "application/json"


@dataclass(frozen=True)
class DockerRequest:
    """One request; `path` has no version prefix, `arguments` are its variable parts."""

    host: DockerHost
    query: Mapping[str, str]
    arguments: tuple[str, ...]
    sign_ins: tuple[SignIn, ...] = ()

    def flag(self, name: str) -> bool:
        """Return a boolean of the query, the way Docker reads it."""
        return self.query.get(name, "").lower() not in ("", "0", "no", "false", "none")


Handler = Callable[[DockerRequest], Awaitable[DockerAnswer]]


async def answer(
    host: DockerHost, method: str, path: str, query: Mapping[str, str], sign_ins: tuple[SignIn, ...] = ()
) -> DockerAnswer:
    """Answer a request; an error comes as an answer too, with Docker's body."""
    bare = re.sub(r"^/v\d+\.\d+(?=/)", "", f"/{path.lstrip('/')}")
    for known_method, pattern, handler in _ROUTES:
        found = pattern.fullmatch(bare)
        if found and known_method == method:
            try:
                return await handler(DockerRequest(host, query, found.groups(), sign_ins))
            except DockerError as error:
                return DockerAnswer(error.status, {"message": error.message})
    return DockerAnswer(404, {"message": "page not found"})


def project_of(host: DockerHost, path: str, query: Mapping[str, str]) -> str:
    """Return the compose project that a request is about; empty when it is about none in particular."""
    found = re.search(r"/containers/([^/]+)(?:/(?:json|logs|start|stop|pause|unpause|restart))?$", f"/{path}")
    if found and found[1] != "json":
        try:
            return host.find(found[1]).project
        except DockerError:
            return ""
    label = re.search(r"com\.docker\.compose\.project=([^\"\\]+)", query.get("filters", ""))
    return label[1] if label else ""


async def _list_containers(request: DockerRequest) -> DockerAnswer:
    filters = _filters(request.query.get("filters", ""))
    everything = request.flag("all") or "status" in filters
    found = [
        container
        for container in request.host.containers.values()
        if (everything or container.status in ("running", "restarting")) and _matches(container, filters)
    ]
    newest_first = sorted(found, key=lambda container: container.created, reverse=True)
    return DockerAnswer(200, [answers.summary(container) for container in newest_first])


def _filters(text: str) -> dict[str, list[str]]:
    try:
        data = json.loads(text) if text else {}
        return {key: list(values) for key, values in data.items()}
    except (ValueError, AttributeError, TypeError):
        raise DockerError(500, "invalid character in filters, looking for beginning of object key string") from None


def _matches(container: Container, filters: Mapping[str, list[str]]) -> bool:
    tests: dict[str, Callable[[str], bool]] = {
        "label": lambda wanted: _has_label(container, wanted),
        "name": lambda wanted: wanted.lstrip("/") in container.name,
        "id": container.id.startswith,
        "status": lambda wanted: container.status == wanted,
    }
    # Labels must all be there; of other filters one value must fit.
    return all(
        key not in tests or (all if key == "label" else any)(tests[key](value) for value in values)
        for key, values in filters.items()
    )


def _has_label(container: Container, wanted: str) -> bool:
    name, equals, value = wanted.partition("=")
    return name in container.labels and (not equals or container.labels[name] == value)


async def _inspect_container(request: DockerRequest) -> DockerAnswer:
    return DockerAnswer(200, answers.inspection(request.host.find(request.arguments[0])))


async def _logs(request: DockerRequest) -> DockerAnswer:
    container = request.host.find(request.arguments[0])
    if not (request.flag("stdout") or request.flag("stderr")):
        raise DockerError(400, "Bad parameters: you must choose at least one stream")
    lines = [(1, f"{container.name}: started\n"), (1, f"{container.name}: {container.status}\n")]
    if container.exit_code:
        lines.append((2, f"{container.name}: exited with code {container.exit_code}\n"))
    wanted = [line for line in lines if request.flag("stdout" if line[0] == 1 else "stderr")]
    if request.query.get("tail", "all").isdigit():
        wanted = wanted[-int(request.query["tail"]) :] if request.query["tail"] != "0" else []
    if container.tty:
        raw = "".join(text for _, text in wanted).encode()
        return DockerAnswer(200, raw, "application/vnd.docker.raw-stream")
    frames = [struct.pack(">BxxxI", stream, len(text.encode())) + text.encode() for stream, text in wanted]
    return DockerAnswer(200, b"".join(frames), "application/vnd.docker.multiplexed-stream")


async def _start_container(request: DockerRequest) -> DockerAnswer:
    container = request.host.find(request.arguments[0])
    if container.running:
        return DockerAnswer(304)
    await request.host.start(container)
    return DockerAnswer(204)


async def _stop_container(request: DockerRequest) -> DockerAnswer:
    container = request.host.find(request.arguments[0])
    if container.status not in ("running", "paused", "restarting"):
        return DockerAnswer(304)
    limit = float(request.query["t"]) if request.query.get("t") else None
    await request.host.stop(container, 143 if container.ends_within(limit) else 137)
    return DockerAnswer(204)


async def _pause_container(request: DockerRequest) -> DockerAnswer:
    await request.host.pause(request.host.find(request.arguments[0]))
    return DockerAnswer(204)


async def _unpause_container(request: DockerRequest) -> DockerAnswer:
    await request.host.unpause(request.host.find(request.arguments[0]))
    return DockerAnswer(204)


async def _restart_container(request: DockerRequest) -> DockerAnswer:
    container = request.host.find(request.arguments[0])
    await request.host.stop(container)
    await request.host.start(container)
    return DockerAnswer(204)


async def _remove_container(request: DockerRequest) -> DockerAnswer:
    container = request.host.find(request.arguments[0])
    if container.running and not request.flag("force"):
        raise DockerError(
            409,
            f"cannot remove container {container.name!r}: container is running: stop the container before removing or "
            "force remove",
        )
    await request.host.remove(container)
    return DockerAnswer(204)


async def _list_images(request: DockerRequest) -> DockerAnswer:
    return DockerAnswer(200, [answers.image_summary(image) for image in sorted(request.host.images)])


async def _inspect_image(request: DockerRequest) -> DockerAnswer:
    return DockerAnswer(200, answers.image_inspection(request.host.image_of(request.arguments[0])))


async def _pull_image(request: DockerRequest) -> DockerAnswer:
    """Pull an image; the answer is a stream of JSON lines, one a step."""
    name, tag = request.query.get("fromImage", ""), request.query.get("tag", "")
    image = name if not tag else f"{name}@{tag}" if tag.startswith("sha256:") else f"{name}:{tag}"
    await request.host.pull(image, request.sign_ins)
    steps = [f"Pulling from {name}", f"Status: Downloaded newer image for {image}"]
    return DockerAnswer(200, "".join(json.dumps({"status": step}) + "\r\n" for step in steps))


async def _ask_registry(request: DockerRequest) -> DockerAnswer:
    image = await request.host.ask_registry(request.arguments[0], request.sign_ins)
    return DockerAnswer(200, answers.distribution(image))


async def _info(request: DockerRequest) -> DockerAnswer:
    return DockerAnswer(200, answers.engine_info(request.host))


async def _version(request: DockerRequest) -> DockerAnswer:
    return DockerAnswer(200, answers.engine_version())


async def _ping(request: DockerRequest) -> DockerAnswer:
    return DockerAnswer(200, "OK", "text/plain")


async def _networks(request: DockerRequest) -> DockerAnswer:
    known: dict[str, dict[str, str]] = {"bridge": {}, "host": {}, "none": {}} | request.host.networks
    common = {"Driver": "bridge", "Scope": "local"}
    return DockerAnswer(200, [{"Name": name, "Id": name, "Labels": labels, **common} for name, labels in known.items()])


async def _volumes(request: DockerRequest) -> DockerAnswer:
    known = sorted(request.host.volumes.items())
    volumes = [{"Name": name, "Driver": "local", "Labels": labels, "Scope": "local"} for name, labels in known]
    return DockerAnswer(200, {"Volumes": volumes, "Warnings": None})


async def _not_a_swarm(request: DockerRequest) -> DockerAnswer:
    raise DockerError(503, _NOT_A_SWARM)


_ROUTES: tuple[tuple[str, re.Pattern[str], Handler], ...] = tuple(
    (method, re.compile(pattern), handler)
    for method, pattern, handler in (
        ("GET", r"/containers/json", _list_containers),
        ("GET", r"/containers/([^/]+)/json", _inspect_container),
        ("GET", r"/containers/([^/]+)/logs", _logs),
        ("POST", r"/containers/([^/]+)/start", _start_container),
        ("POST", r"/containers/([^/]+)/stop", _stop_container),
        ("POST", r"/containers/([^/]+)/pause", _pause_container),
        ("POST", r"/containers/([^/]+)/unpause", _unpause_container),
        ("POST", r"/containers/([^/]+)/restart", _restart_container),
        ("DELETE", r"/containers/([^/]+)", _remove_container),
        ("GET", r"/images/json", _list_images),
        ("GET", r"/images/(.+)/json", _inspect_image),
        ("POST", r"/images/create", _pull_image),
        ("GET", r"/distribution/(.+)/json", _ask_registry),
        ("GET", r"/info", _info),
        ("GET", r"/version", _version),
        ("GET", r"/_ping", _ping),
        ("GET", r"/networks", _networks),
        ("GET", r"/volumes", _volumes),
        ("GET", r"/swarm", _not_a_swarm),
        ("GET", r"/(?:configs|secrets|services|nodes|tasks)", _not_a_swarm),
        ("POST", r"/(?:configs|secrets|services)/create", _not_a_swarm),
    )
)
