"""All labels of a stack's services: those in the compose file, and those that the manifest adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import SecretReference, StackEnvironment
from phoenix_providers.planning.compose_labels import split_label
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.labels import is_traefik_label
from phoenix_providers.planning.variables import TemplateError, Usage, interpolate

Variables = Mapping[str, str | SecretReference]
Locate = Callable[..., Location]


@dataclass(frozen=True)
class Label:
    """A label's value with its variables replaced, and where it stands."""

    value: str
    place: Location


class LabelPlaces:
    """Finds the label that says something, among the Traefik labels of one service."""

    def __init__(self, labels: Mapping[str, Label]) -> None:
        self._places = {key.lower(): label.place for key, label in labels.items()}
        self.first = next(iter(self._places.values()))

    def of(self, *path: str) -> Location:
        """Return the place of the label with this path behind `traefik.`, else of the nearest one above it."""
        for length in range(len(path), 0, -1):
            key = ".".join(("traefik", *path[:length])).lower()
            for known, place in self._places.items():
                if known == key or known.startswith(f"{key}."):
                    return place
        return self.first


def manifest_labels(
    environment: StackEnvironment, service: str, variables: Variables, locate: Locate, findings: Findings
) -> dict[str, Label]:
    """Return the labels that the manifest adds to one service; `locate` starts at the environment."""
    labels: dict[str, Label] = {}
    settings = environment.services.get(service)
    for index, text in enumerate(settings.traefik_labels if settings else ()):
        key, value = split_label(text)
        place = locate("services", service, "traefik_labels", index)
        labels[key] = Label(_value(key, value, variables, place, findings), place)
    return labels


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
        _refuse_secrets(key, value, usage, place, findings)
        values[key] = Label(text, place)
    return values


def _value(key: str, value: str, variables: Variables, place: Location, findings: Findings) -> str:
    usage = Usage()
    try:
        text = interpolate(value, variables, usage)
    except TemplateError as error:
        findings.error(f"compose would refuse the label {key}: {error}", place, seen=value, expected="${NAME} or $$")
        return value
    for name in sorted(usage.undefined):
        findings.warning(
            f"the variable {name} is defined nowhere, so it is empty",
            place,
            seen=f"{key}={value}",
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
    _refuse_secrets(key, value, usage, place, findings)
    return text


def _refuse_secrets(key: str, value: str, usage: Usage, place: Location, findings: Findings) -> None:
    """A Traefik label must not use a secret, since Traefik's files would show it."""
    if usage.secrets and is_traefik_label(key):
        findings.error(
            f"the label {key} uses the secret {', '.join(sorted(usage.secrets))}, which Traefik's files would show",
            place,
            seen=f"{key}={value}",
            expected="a value that may be seen, or a file on Traefik's side such as basicAuth's usersFile",
        )
