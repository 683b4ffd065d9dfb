"""A compose file as far as it matters here: services, their labels and ports, and what Portainer cannot do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from phoenix_providers.models.compose_records import ComposeNode, ComposeTree
from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import SecretReference
from phoenix_providers.models.wording import found
from phoenix_providers.planning.compose.container_paths import ContainerPaths, container_paths
from phoenix_providers.planning.compose.extends import ExtendsError, is_extending, resolved
from phoenix_providers.planning.compose.interpolation import TemplateError, Usage, interpolate
from phoenix_providers.planning.compose.labels import LabelError, read_compose_labels
from phoenix_providers.planning.compose.parts import Path, origins, part_of
from phoenix_providers.planning.compose.password_hashes import hash_scheme, report_hash
from phoenix_providers.planning.compose.published_ports import PortError, PublishedPort, read_ports
from phoenix_providers.planning.compose.reset_tags import without_reset
from phoenix_providers.planning.compose.usual_form import read_usual
from phoenix_providers.planning.compose.yaml_text import BrokenYamlError, load, plain
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.label_prefix import is_traefik_label
from phoenix_providers.planning.names import is_port_number

Locate = Callable[..., Location]


@dataclass(frozen=True)
class ComposeService:
    """One service, with variables replaced.

    Attributes:
        labels: Values as written, with variables not replaced: whoever uses a label replaces them.
        network_mode: For example "host", or "service:NAME"; empty for a network of its own.
        active: Whether it runs at all: a service of a profile that is not chosen does not.
        paths: Where in its containers something is mounted already, and what keeps files out.
        exposed: Container ports that are named, but not published.
    """

    name: str
    image: str
    labels: Mapping[str, str]
    ports: tuple[PublishedPort, ...]
    network_mode: str
    active: bool
    paths: ContainerPaths
    exposed: tuple[int, ...]


@dataclass(frozen=True)
class Compose:
    """The whole file: `text` as it was read, `document` as loaded from it, `model` with variables replaced.

    Attributes:
        document: Plain data where there is nothing else in the text.
        raw: The document as ordinary data, with variables not replaced.
        variables: What they are replaced with.
        hidden: Paths of the values in `model` that lack a secret.
        places: Where in the file a part of `model` stands that a service inherits, by its path in `model`.

    In `model` and `raw` a service that extends another one has what it inherits.
    """

    text: str
    document: Any
    model: ComposeTree
    services: Mapping[str, ComposeService]
    usage: Usage
    raw: ComposeTree
    variables: Mapping[str, str | SecretReference]
    hidden: frozenset[Path]
    places: Mapping[Path, Path]

    def placed(self, locate: Locate) -> Locate:
        """Return what finds the places of paths in `model`, from what finds those of paths in the file."""
        return _placed(locate, self.places)


def read_compose(
    text: str,
    variables: Mapping[str, str | SecretReference],
    locate: Locate,
    findings: Findings,
    told: Collection[str] = (),
) -> Compose | None:
    """Read a compose file; None when what it has is not enough to go on. Problems go to `findings`.

    Of variables that somebody else has `told` of it is not said that they are defined nowhere.
    """
    try:
        usual = read_usual(text)
        document = load(text) if usual is None else usual.data
    except BrokenYamlError as error:
        place = locate()
        findings.error(
            "the compose file has several documents" if error.several else "the compose file is not valid YAML",
            Location(place.file, error.line),
            seen=" ".join(str(error).split()),
            expected="one document, since labels and files are added to it"
            if error.several
            else "valid YAML: each key indented like its neighbours, with blanks and not with tabs",
            next_step="write both as one, without `---` between them"
            if error.several
            else f"correct {Location(place.file, error.line)} (the cause may stand a line earlier)",
        )
        return None
    if not isinstance(document, dict) or not isinstance(document.get("services"), dict) or not document["services"]:
        services = document.get("services") if isinstance(document, dict) else None
        findings.error(
            "the compose file has no services",
            locate("services"),
            seen=f"`services` with {found(services)}" if services is not None else "no `services`",
            expected="at least one service below `services:`",
        )
        return None
    reader = _Reader(variables, locate, findings)
    raw = plain(document) if usual is None else usual.data
    model = reader.interpolated(raw, ())
    if is_extending(model["services"]):
        model, raw = reader.extended(model, raw, document)
    model, raw = without_reset(model, document), without_reset(raw, document)
    reader.check_shapes(model)
    services = {
        name: reader.service(str(name), service, raw["services"][name], model)
        for name, service in model["services"].items()
        if reader.is_service(name, service)
    }
    reader.report_usage(told)
    return Compose(
        text, document, model, services, reader.usage, raw, variables, frozenset(reader.hidden), reader.places
    )


def _placed(locate: Locate, places: Mapping[Path, Path]) -> Locate:
    def place(*path: str | int) -> Location:
        for length in range(len(path), 0, -1):
            if path[:length] in places:
                return locate(*places[path[:length]], *path[length:])
        return locate(*path)

    return place if places else locate


class _Reader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, variables: Mapping[str, str | SecretReference], locate: Locate, findings: Findings) -> None:
        self._variables = variables
        self._locate = locate
        self._findings = findings
        self.usage = Usage()
        self.hidden: set[Path] = set()
        self._uses: dict[str, Location] = {}
        self.places: Mapping[Path, Path] = {}

    def interpolated(self, value: Any, path: Path) -> Any:
        """Replace variables in all values; keys stay, as in Compose."""
        if isinstance(value, dict):
            return {key: self.interpolated(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.interpolated(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, str) or "$" not in value:
            return value
        own = Usage()
        try:
            return interpolate(value, self._variables, own)
        except TemplateError as error:
            self._findings.error(
                f"compose would refuse this text: {error}", self._locate(*path), seen=value, expected="${NAME} or $$"
            )
            return value
        finally:
            if own.undefined and (scheme := hash_scheme(value)):
                name = _name_of(path, value)
                routes_only = is_traefik_label(name)
                report_hash(name, scheme, self._locate(*path), self._findings, routes_only=routes_only)
                own.undefined.clear()
            self.usage.undefined |= own.undefined
            self.usage.required |= own.required
            self.usage.secrets |= own.secrets
            for name in own.undefined | own.required.keys():
                self._uses.setdefault(name, self._locate(*path))
            if own.secrets:
                self.hidden.add(path)

    def extended(self, model: ComposeTree, raw: ComposeTree, document: Any) -> tuple[Any, Any]:
        """Return both with what services inherit; from here on places are those of the result."""
        whole = part_of(model, raw, document)
        errors: list[ExtendsError] = []
        services = resolved(whole.value["services"], errors)
        for error in errors:
            self._findings.error(str(error), self._locate(*error.path), seen=error.seen, expected=error.expected)
        self.places = origins(services, ("services",))
        self.hidden |= {path for path, origin in self.places.items() if origin in self.hidden}
        self._locate = _placed(self._locate, self.places)
        return {**model, "services": services.said}, {**raw, "services": services.written}

    def is_service(self, name: object, service: Any) -> bool:
        if isinstance(service, dict):
            return True
        self._findings.error(
            f"the service {name} has no content",
            self._locate("services", str(name)),
            seen="nothing" if service is None else found(service),
            expected="image: NAME:TAG, and what else it needs",
        )
        return False

    def check_shapes(self, model: ComposeTree) -> None:
        """Report parts that are neither absent nor of the kind that Compose wants."""
        for section in ("configs", "secrets", "volumes", "networks"):
            if not isinstance(model.get(section), dict | None):
                self._findings.error(
                    f"`{section}` is no map",
                    self._locate(section),
                    seen=found(model[section], (section,)),
                    expected=f"NAME: below `{section}:`",
                )
        for name, service in model["services"].items():
            for key in ("configs", "volumes", "expose", "profiles", "secrets"):
                if isinstance(service, dict) and not isinstance(service.get(key), list | None):
                    self._not_a_list(key, name, service[key])

    def _not_a_list(self, key: str, name: str, value: object) -> None:
        self._findings.error(
            f"the {key} of {name} are no list",
            self._locate("services", name, key),
            seen=found(value, (key,)),
            expected=f"a list below `{key}:`, each entry behind a dash",
        )

    def service(self, name: str, service: ComposeNode, raw: ComposeTree, model: ComposeTree) -> ComposeService:
        labels: Mapping[str, str] = {}
        try:
            labels = read_compose_labels(raw.get("labels"), service.get("labels"))
        except LabelError as error:
            self._findings.error(
                f"the labels of {name} cannot be read: {error}",
                self._locate("services", name, "labels"),
                seen=found(raw.get("labels")),
                expected="- key=value, or key: value, below `labels:`",
            )
        return ComposeService(
            name=name,
            image=str(service.get("image") or ""),
            labels=labels,
            ports=self._ports(name, service, raw.get("ports")),
            network_mode=str(service.get("network_mode") or ""),
            active=self._active(service),
            paths=container_paths(service, model),
            exposed=tuple(_exposed(service)),
        )

    def report_usage(self, told: Collection[str]) -> None:
        for name in sorted(self.usage.undefined - set(told)):
            self._findings.warning(
                f"the variable {name} is defined nowhere, so it is empty",
                self._uses[name],
                next_step=f"define {name} in the manifest, or write ${{{name}:-}} if empty is meant",
            )
        for name, message in sorted(self.usage.required.items()):
            self._findings.error(
                f"the variable {name} is required and defined nowhere",
                self._uses[name],
                seen=message or f"no variable {name}",
                expected=f"a value for {name}",
                next_step=f"define {name} in the manifest's variables",
            )

    def _ports(self, name: str, service: ComposeNode, raw: object) -> tuple[PublishedPort, ...]:
        entries = [] if service.get("ports") is None else service["ports"]
        if not isinstance(entries, list):
            self._not_a_list("ports", name, entries)
            return ()
        ports: list[PublishedPort] = []
        for index, entry in enumerate(entries):
            try:
                ports += (replace(port, entry=index) for port in read_ports(entry))
            except PortError as error:
                self._findings.error(
                    f"a port of {name} is not valid: {error}",
                    self._locate("services", name, "ports", index),
                    seen=str(raw[index] if isinstance(raw, list) else entry) or "an empty text",
                    expected='HOST:CONTAINER, for example "8080:80"',
                    next_step="correct the port, or give its variables a value in the manifest",
                )
        return tuple(ports)

    def _active(self, service: ComposeNode) -> bool:
        profiles = entries_of(service, "profiles")
        chosen = self._variables.get("COMPOSE_PROFILES", "")
        wanted = {part.strip() for part in chosen.split(",")} if isinstance(chosen, str) else set()
        return not profiles or "*" in wanted or any(str(profile) in wanted for profile in profiles)


def _name_of(path: Path, value: str) -> str:
    """Return the name of the label, variable or other key that has a value."""
    key, equals, _ = value.partition("=")
    if isinstance(path[-1], str):
        return path[-1]
    return key if equals and "$" not in key else ".".join(map(str, path))


def entries_of(service: ComposeNode, key: str) -> list[Any]:
    """Return a list of a service; empty when there is none."""
    value = service.get(key)
    return value if isinstance(value, list) else []


def _exposed(service: ComposeNode) -> list[int]:
    ports = (str(entry).partition("/")[0] for entry in entries_of(service, "expose"))
    return [int(port) for port in ports if is_port_number(port)]
