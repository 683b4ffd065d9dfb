"""A compose project, ready to be brought up."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from phoenix_providers.lab.docker import compose_file, dotenv
from phoenix_providers.lab.docker.configuration_hash import service_hash
from phoenix_providers.lab.docker.errors import ComposeError
from phoenix_providers.lab.docker.file_objects import delivery
from phoenix_providers.lab.docker.interpolation import Lookup
from phoenix_providers.lab.docker.ports import PublishedPort, parse_ports

NEWEST_COMPOSE = "2.40.3"
# Up to this one compose makes everything anew that depends on what it makes anew, and `depends_on` is in the hash;
# later ones restart only what says so. (Those between 2.29.7 and 2.34 restart all of it, and no server here has one.)
LAST_WITH_ALL_DEPENDENTS = "2.29.2"
# What the deploying process itself has in its environment; it beats every list of variables.
SERVER_ENVIRONMENT: Mapping[str, str] = {
    "HOME": "/root",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}


@dataclass(frozen=True)
class ProjectSource:
    """What compose is started with.

    Attributes:
        variables_file: Text given by `--env-file`; it feeds `${NAME}` in the compose file.
        files: Files beside the compose file by name; they feed `env_file`.
        path: Where the compose file lies, for labels and messages.
        working_folder: Where compose runs, if not beside the compose file.
        compose: Version of the compose that is started.
    """

    name: str
    text: str
    variables_file: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    path: str = "docker-compose.yml"
    working_folder: str = ""
    compose: str = NEWEST_COMPOSE


@dataclass(frozen=True)
class Service:
    """One service with everything resolved.

    Attributes:
        files: Text by path in the container, from inline `configs` and the like; not part of the hash.
        bound: Path on the engine's machine by path in the container, from other `configs` and `secrets`.
        stop_seconds: Its `stop_grace_period`; None if it has none.
        depends_on: Condition by service.
        restarts_with: Those of them that say `restart: true`.
    """

    name: str
    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    labels: Mapping[str, str]
    ports: tuple[PublishedPort, ...]
    files: Mapping[str, str]
    bound: Mapping[str, str]
    read_only: bool
    depends_on: Mapping[str, str]
    restarts_with: frozenset[str]
    health_command: tuple[str, ...]
    restart: str
    stop_seconds: float | None
    replicas: int
    container_name: str
    tty: bool
    volumes: tuple[str, ...]
    networks: tuple[str, ...]
    config_hash: str


@dataclass(frozen=True)
class Project:
    """Services in the order in which they start; networks and volumes as key in the file by name on the engine.

    Attributes:
        external: Names of the networks and volumes that services use and somebody else has to make.
        compose: Version of the compose that has read it.
        left_out: Services of profiles that are not chosen; their containers are nobody's business.
    """

    name: str
    services: tuple[Service, ...]
    networks: Mapping[str, str]
    volumes: Mapping[str, str]
    path: str
    external: frozenset[str] = frozenset()
    compose: str = NEWEST_COMPOSE
    left_out: frozenset[str] = frozenset()


def load_project(source: ProjectSource) -> Project:
    """Read a compose file with its variables; raises ComposeError with compose's words."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", source.name):
        raise ComposeError(
            f'invalid project name "{source.name}": must consist only of lowercase alphanumeric characters, hyphens, '
            "and underscores as well as start with a letter or number"
        )
    variables = _dotenv("stack.env", source.variables_file, SERVER_ENVIRONMENT.get)

    def lookup(name: str) -> str | None:
        # Compose defines it itself, whatever the list of variables says.
        if name == "COMPOSE_PROJECT_NAME":
            return source.name
        return SERVER_ENVIRONMENT.get(name, variables.get(name))

    data = compose_file.read(source.text, source.path, lookup)
    chosen = {part.strip() for part in (lookup("COMPOSE_PROFILES") or "").split(",")}
    services = {
        name: _service(name, value, data, source, lookup)
        for name, value in data["services"].items()
        if _is_active(value, chosen)
    }
    networks = {"default": None} | (data.get("networks") or {})
    volumes = data.get("volumes") or {}
    objects = (*networks.items(), *volumes.items())
    used = {name for service in services.values() for name in (*service.networks, *service.volumes)}
    return Project(
        source.name,
        tuple(_in_start_order(services)),
        {_object_name(source.name, key, entry): key for key, entry in networks.items()},
        {_object_name(source.name, key, entry): key for key, entry in volumes.items()},
        source.path,
        frozenset(_object_name(source.name, key, entry) for key, entry in objects if _is_external(entry)) & used,
        source.compose,
        frozenset(map(str, data["services"])) - services.keys(),
    )


def _is_active(raw: dict[str, Any], chosen: set[str]) -> bool:
    """Whether a service runs at all: one of a profile that is not chosen does not."""
    profiles = [str(one) for one in raw.get("profiles") or ()]
    return not profiles or "*" in chosen or bool(chosen & set(profiles))


def _service(name: str, raw: dict[str, Any], data: dict[str, Any], source: ProjectSource, lookup: Lookup) -> Service:
    if not raw.get("image") and not raw.get("build"):
        raise ComposeError(
            f'service "{name}" has neither an image nor a build context specified: invalid compose project'
        )
    environment = _environment(name, raw, source, lookup)
    # Compose hashes names that have no value anywhere, too.
    hashed = dict.fromkeys(_pairs(raw.get("environment"))) | environment
    deploy = raw.get("deploy") or {}
    labels = {key: value or "" for key, value in _pairs(raw.get("labels")).items()}
    restart = str(raw.get("restart") or (deploy.get("restart_policy") or {}).get("condition") or "no")
    beside = posixpath.dirname(source.path)
    delivered = delivery(name, raw, data, (beside, source.working_folder or beside), lookup)
    return Service(
        name=name,
        image=str(raw.get("image") or f"{source.name}-{name}"),
        command=_words(raw.get("command")),
        environment=environment,
        labels=labels,
        # Docker discards them where a container has the machine's own network.
        ports=() if raw.get("network_mode") == "host" else parse_ports(raw.get("ports") or []),
        files=delivered.copied,
        bound=delivered.bound,
        read_only=bool(raw.get("read_only")),
        depends_on=_depends_on(name, raw, data),
        restarts_with=_restarting(raw),
        health_command=_health_command(raw.get("healthcheck")),
        restart="no" if raw.get("restart") is False else restart,
        stop_seconds=_seconds(raw["stop_grace_period"]) if raw.get("stop_grace_period") else None,
        replicas=int(raw.get("scale", deploy.get("replicas", 1))),
        container_name=str(raw.get("container_name") or ""),
        tty=bool(raw.get("tty")),
        volumes=_named_volumes(name, raw, data, source.name),
        networks=_networks(raw, data, source.name),
        config_hash=service_hash(raw, hashed, labels, with_dependencies=source.compose <= LAST_WITH_ALL_DEPENDENTS),
    )


def _dotenv(name: str, text: str, lookup: Lookup) -> dict[str, str]:
    try:
        return dotenv.parse(text, lookup)
    except dotenv.DotenvError as error:
        raise ComposeError(f"failed to read {name}: {error}") from None


def _environment(service: str, raw: dict[str, Any], source: ProjectSource, lookup: Lookup) -> dict[str, str]:
    environment: dict[str, str] = {}
    files = raw.get("env_file") or []
    for entry in files if isinstance(files, list) else [files]:
        path = posixpath.normpath(str(entry["path"] if isinstance(entry, dict) else entry))
        if path not in source.files:
            if isinstance(entry, dict) and entry.get("required") is False:
                continue
            raise ComposeError(f"env file {path} not found: stat {path}: no such file or directory")
        environment |= _dotenv(path, source.files[path], lookup)
    for name, value in _pairs(raw.get("environment")).items():
        found = lookup(name) if value is None else value
        if found is not None:
            environment[name] = found
    return environment


def _pairs(value: Any) -> dict[str, str | None]:
    """Read a list of NAME=VALUE or a map; None stands for a name without value."""
    if isinstance(value, dict):
        return {str(key): None if item is None else _scalar(item) for key, item in value.items()}
    pairs: dict[str, str | None] = {}
    for entry in value or []:
        name, equals, text = str(entry).partition("=")
        pairs[name] = text if equals else None
    return pairs


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _seconds(value: Any) -> float:
    """Read a duration such as `1m30s`."""
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    parts = re.findall(r"([\d.]+)(h|ms|m|s)", str(value))
    if "".join(number + unit for number, unit in parts) != str(value):
        raise ComposeError(f'time: invalid duration "{value}"')
    return sum(float(number) * units[unit] for number, unit in parts)


def _words(value: Any) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, list) else tuple(str(value or "").split())


def _health_command(healthcheck: Any) -> tuple[str, ...]:
    if not healthcheck or healthcheck.get("disable"):
        return ()
    test = healthcheck.get("test") or ()
    words = tuple(str(word) for word in test) if isinstance(test, list) else ("CMD-SHELL", str(test))
    return () if words[:1] in ((), ("NONE",)) else words


def _depends_on(service: str, raw: dict[str, Any], data: dict[str, Any]) -> dict[str, str]:
    value = raw.get("depends_on") or {}
    if isinstance(value, list):
        value = {str(name): {} for name in value}
    for name in value:
        if name not in data["services"]:
            raise ComposeError(f'service "{service}" depends on undefined service "{name}": invalid compose project')
    return {name: str((entry or {}).get("condition", "service_started")) for name, entry in value.items()}


def _restarting(raw: dict[str, Any]) -> frozenset[str]:
    value = raw.get("depends_on")
    entries = value.items() if isinstance(value, dict) else ()
    return frozenset(str(name) for name, entry in entries if (entry or {}).get("restart") is True)


def _named_volumes(service: str, raw: dict[str, Any], data: dict[str, Any], project: str) -> tuple[str, ...]:
    known, names = data.get("volumes") or {}, []
    for entry in raw.get("volumes") or []:
        long = isinstance(entry, dict)
        source = str((entry.get("source") or "") if long else str(entry).split(":", 1)[0] if ":" in str(entry) else "")
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", source):
            continue
        if source not in known:
            raise ComposeError(f'service "{service}" refers to undefined volume {source}: invalid compose project')
        names.append(_object_name(project, source, known[source]))
    return tuple(names)


def _networks(raw: dict[str, Any], data: dict[str, Any], project: str) -> tuple[str, ...]:
    known = data.get("networks") or {}
    keys = () if raw.get("network_mode") else raw.get("networks") or ["default"]
    return tuple(_object_name(project, str(key), known.get(key)) for key in keys)


def _object_name(project: str, key: str, entry: Any) -> str:
    options = entry or {}
    external = options.get("external")
    own = external.get("name") if isinstance(external, dict) else None
    return str(own or options.get("name") or (key if _is_external(entry) else f"{project}_{key}"))


def _is_external(entry: Any) -> bool:
    return str((entry or {}).get("external", False)).lower() not in {"false", "none"}


def _in_start_order(services: Mapping[str, Service]) -> list[Service]:
    ordered: list[Service] = []
    waiting = dict(services)
    while waiting:
        done = {service.name for service in ordered}
        ready = sorted(name for name, service in waiting.items() if set(service.depends_on) <= done)
        if not ready:
            raise ComposeError(f"dependency cycle detected: {' -> '.join(sorted(waiting))}")
        ordered.extend(waiting.pop(name) for name in ready)
    return ordered
