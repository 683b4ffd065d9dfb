"""All labels of a stack's services: those in the compose file, and those that the manifest adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import SecretReference, StackEnvironment
from phoenix_providers.planning.compose.interpolation import TemplateError, Usage, interpolate
from phoenix_providers.planning.compose.labels import split_label
from phoenix_providers.planning.compose.password_hashes import hash_scheme, report_hash
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.label_prefix import PREFIX, is_traefik_label

Variables = Mapping[str, str | SecretReference]
Locate = Callable[..., Location]


@dataclass(frozen=True)
class Label:
    """A label's value with its variables replaced, and where it stands."""

    value: str
    place: Location


class LabelPlaces:
    """Finds the label that says something, among Traefik labels.

    Args:
        labels: By key; of two with one key the first counts.
        otherwise: What counts where there are no labels at all.
        suffix: What the names of routers, services and middlewares may end with and labels do not have.
    """

    def __init__(
        self, labels: Iterable[tuple[str, Label]], otherwise: Location | None = None, suffix: str = ""
    ) -> None:
        self._places: dict[str, Location] = {}
        for key, label in labels:
            self._places.setdefault(key.lower().removeprefix(PREFIX), label.place)
        self.first = next(iter(self._places.values()), otherwise or Location(Path()))
        self._suffix = suffix.lower()

    def of(self, *path: str) -> Location:
        """Return the place of the label with this path behind `traefik.`, else of the nearest one above it."""
        steps = [step.lower() for step in path]
        for spelling in (steps, self._as_declared(steps)):
            for length in range(len(steps), 2, -1):
                if place := self._below(".".join(spelling[:length])):
                    return place
        return self._below(".".join(steps[:2])) or self._below(".".join(steps[:1])) or self.first

    def as_text(self) -> dict[str, str]:
        """Return every place (`file:line`) by the label's key in lower case, without `traefik.`."""
        return {key: str(place) for key, place in self._places.items()}

    def _below(self, key: str) -> Location | None:
        found = (
            place for known, place in self._places.items() if known == key or known.startswith((f"{key}.", f"{key}["))
        )
        return next(found, None)

    def _as_declared(self, steps: list[str]) -> list[str]:
        if len(steps) < 3 or not self._suffix:
            return steps
        name = re.sub(re.escape(self._suffix) + r"(-\d+)?$", "", steps[2])
        return [*steps[:2], name, *steps[3:]]


def manifest_labels(
    environment: StackEnvironment, service: str, variables: Variables, locate: Locate, findings: Findings
) -> dict[str, Label]:
    """Return the labels that the manifest adds to one service; `locate` starts at the environment."""
    labels: dict[str, Label] = {}
    settings = environment.services.get(service)
    for index, text in enumerate(settings.traefik_labels if settings else ()):
        key, value = split_label(text)
        place = locate("services", service, "traefik_labels", index)
        name = _replaced(key, text, variables, place, findings)
        labels[name] = Label(_replaced(value, text, variables, place, findings), place)
    return labels


def labels_to_inject(
    environment: StackEnvironment, services: ComposeNode, variables: Variables
) -> dict[str, tuple[str, ...]]:
    """Return the labels that the manifest adds, by service.

    Where the compose file has a map (`services` is its part as written), compose replaces nothing in keys.
    """
    return {
        name: tuple(_for_a_map(label, variables) for label in settings.traefik_labels)
        if isinstance(services[name].get("labels"), dict)
        else settings.traefik_labels
        for name, settings in environment.services.items()
    }


def _for_a_map(label: str, variables: Variables) -> str:
    key, value = split_label(label)
    return f"{interpolate(key, variables, Usage())}={value}"


def compose_labels(
    labels: Mapping[str, str], variables: Variables, locate: Locate, findings: Findings
) -> dict[str, Label]:
    """Return the labels that a service has in the compose file, whose variables are reported for the whole file.

    `locate` takes a label's key.
    """
    values = {}
    for key, value in labels.items():
        usage, place = Usage(), locate(key)
        try:
            text = interpolate(value, variables, usage)
        except TemplateError:
            text = value
        _refuse_secrets(f"{key}={value}", usage, place, findings)
        values[key] = Label(text, place)
    return values


def _replaced(part: str, label: str, variables: Variables, place: Location, findings: Findings) -> str:
    """Return the key or the value of a label with its variables replaced."""
    usage = Usage()
    try:
        text = interpolate(part, variables, usage)
    except TemplateError as error:
        key, _ = split_label(label)
        findings.error(f"compose would refuse the label {key}: {error}", place, seen=part, expected="${NAME} or $$")
        return part
    if usage.undefined and (scheme := hash_scheme(part)):
        report_hash(f"the label {split_label(label)[0]}", scheme, place, findings, routes_only=True)
        usage.undefined.clear()
    for name in sorted(usage.undefined):
        findings.warning(
            f"the variable {name} is defined nowhere, so it is empty",
            place,
            seen=label,
            next_step=f"define {name} in the manifest's variables",
        )
    for name, message in sorted(usage.required.items()):
        findings.error(
            f"the variable {name} is required and defined nowhere",
            place,
            seen=message or f"no variable {name}",
            expected=f"a value for {name}",
            next_step=f"define {name} in the manifest's variables",
        )
    _refuse_secrets(label, usage, place, findings)
    return text


def _refuse_secrets(label: str, usage: Usage, place: Location, findings: Findings) -> None:
    """A Traefik label must not use a secret, since Traefik's files would show it."""
    key, _ = split_label(label)
    if usage.secrets and is_traefik_label(key):
        findings.error(
            f"the label {key} uses the secret {', '.join(sorted(usage.secrets))}, which Traefik's files would show",
            place,
            seen=label,
            expected="a value that may be seen, or a file on Traefik's side such as basicAuth's usersFile",
        )
