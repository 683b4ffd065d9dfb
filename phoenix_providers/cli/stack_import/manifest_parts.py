"""What a project's manifest gets: variables, secrets, files and labels."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count

from phoenix_providers.cli.stack_import.written_otherwise import what_to_mind
from phoenix_providers.models.files.discovery import COMPOSE_NAMES, MANIFEST_NAMES
from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import (
    SecretReference,
    ServiceSettings,
    StackEnvironment,
    StackFile,
    StackManifest,
    StackVariable,
)
from phoenix_providers.planning.site.plain_secrets import is_telling
from phoenix_providers.planning.telling_values import has_sign_in, is_telling_value

_OURS = (*COMPOSE_NAMES, *MANIFEST_NAMES)
_KEY_OF_OWN = "PRIVATE KEY-----"
# Shorter ones would be found everywhere, as would mere words such as `postgres`.
_LEAST = 6


@dataclass(frozen=True)
class Secret:
    """A secret that has to be set: its `name`, where its value stands, and the file that is the value, if one is.

    `notes`: what to mind where the value is written there in another way than it counts.
    """

    name: str
    place: Location
    file: str = ""
    notes: tuple[str, ...] = ()


@dataclass
class ManifestParts:
    """Collects them.

    Attributes:
        stack: Name of the stack.
        taken: Names of secrets and configs that the project itself has.
        secret_values: Values that nobody should see, in whatever they stand.
        contents: Texts of files, by their path in the stack's folder.
        composed_secrets: Secrets that the compose file gets, each with the variable that has its text.
        composed_configs: Configs that the compose file gets, each with its text.
    """

    stack: str
    taken: frozenset[str] = frozenset()
    secret_values: frozenset[str] = frozenset()
    secrets: dict[str, Secret] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    composed_secrets: dict[str, str] = field(default_factory=dict)
    composed_configs: dict[str, str] = field(default_factory=dict)
    _values: dict[str, str] = field(default_factory=dict)
    _named: dict[str, str] = field(default_factory=dict)
    _variables: dict[str, StackVariable] = field(default_factory=dict)
    _files: dict[str, StackFile] = field(default_factory=dict)
    _labels: dict[str, list[str]] = field(default_factory=dict)

    def reserve(self, name: str, value: str) -> None:
        """Keep a name for its value: variables of `.env` keep the names that the compose file uses."""
        self._values.setdefault(name, value)

    def is_secret(self, name: str, value: str, *, by_form: bool = True) -> bool:
        """Whether nobody should see a value; with `by_form` a token or a hash anywhere in it counts as well."""
        # A value has no references any more: each `$` is one.
        written = value.replace("$", "$$")
        return (
            is_telling(name, value)
            or (is_telling_value(written) if by_form else has_sign_in(written))
            or _KEY_OF_OWN in value
            or any(secret in value for secret in self.secret_values)
        )

    def declare(self, name: str, value: str, place: Location, *, secret: bool) -> None:
        """Give the manifest a variable, as a reference where nobody should see it."""
        if not secret:
            self._variables[name] = StackVariable(name=name, value=value)
        else:
            self._refer(name, Secret(self._secret_name(name), place, notes=what_to_mind(place, value)))

    def secret_variable(self, name: str, value: str, place: Location, service: str = "", file: str = "") -> str:
        """Give the manifest a variable for a secret; return its name, which is a longer one where that is taken."""
        short = re.sub(r"\W", "_", name, flags=re.ASCII)
        short = short if re.match(r"[A-Za-z_]", short) else f"_{short}"
        longer = re.sub(r"\W", "_", f"{service or self.stack}_{short}", flags=re.ASCII).upper()
        names = chain((short, longer), (f"{longer}_{number}" for number in count(2)))
        free = next(one for one in names if self._values.get(one, value) == value)
        self._values[free] = value
        self._refer(free, Secret(self._secret_name(free), place, file, () if file else what_to_mind(place, value)))
        return free

    def fits(self, content: bytes, destination: str) -> bool:
        """Whether a file's place in the containers is free, or has the same text already."""
        known = self._files.get(destination)
        return known is None or self.contents[known.source] == content

    def file(self, path: str, content: bytes, destination: str, service: str) -> bool:
        """Give the manifest a file; return whether its place in the containers was free."""
        if not self.fits(content, destination):
            return False
        known = self._files.get(destination)
        source = known.source if known else self._path(path, content)
        services = {*(known.services if known else ()), service}
        self.contents[source] = content
        self._files[destination] = StackFile(
            source=source, destination_in_container=destination, services=tuple(sorted(services))
        )
        return True

    def config(self, name: str, content: bytes, service: str) -> str:
        """Give the compose file a config with a file's text; return its name there."""
        text = content.decode().replace("$", "$$") or "\n"
        short = re.sub(r"[^A-Za-z0-9_.-]", "_", name, flags=re.ASCII).lstrip("_.-") or service
        names = chain((short, f"{service}_{short}"), (f"{service}_{short}_{number}" for number in count(2)))
        free = next(one for one in names if self.composed_configs.get(one, text) == text and one not in self.taken)
        self.composed_configs[free] = text
        return free

    def label(self, service: str, label: str) -> None:
        """Give the manifest a label of Traefik."""
        self._labels.setdefault(service, []).append(label)

    def manifest(self, environment: str) -> StackManifest:
        """Return the manifest, with what was given and nothing else."""
        parts: dict[str, object] = {}
        if self._variables:
            parts["variables"] = tuple(self._variables[name] for name in sorted(self._variables))
        if self._files:
            parts["files"] = tuple(self._files.values())
        if self._labels:
            parts["services"] = {
                name: ServiceSettings(traefik_labels=tuple(labels)) for name, labels in self._labels.items()
            }
        return StackManifest.model_validate({"environments": {environment: StackEnvironment.model_validate(parts)}})

    def _refer(self, name: str, secret: Secret) -> None:
        self.secrets.setdefault(secret.name, secret)
        self._variables[name] = StackVariable(name=name, value=SecretReference(secret=secret.name))

    def _secret_name(self, name: str) -> str:
        """Begin with the stack's name: the secrets of all stacks of a site stand in one place."""
        own = re.sub(r"[^A-Za-z0-9]+", "_", self.stack).strip("_").upper()
        short = name.upper() if name.upper().startswith(f"{own}_") else f"{own}_{name.upper()}"
        # Variables may differ in nothing but case.
        names = chain((short,), (f"{short}_{number}" for number in count(2)))
        return next(one for one in names if self._named.setdefault(one, name) == name)

    def _path(self, path: str, content: bytes) -> str:
        # The stack's own files have these names.
        while path in _OURS or self.contents.get(path, content) != content:
            path = f"also-{path}"
        return path


def telling_values(variables: Iterable[tuple[str, str]], names: Collection[str] = ()) -> frozenset[str]:
    """Return the values of variables whose names say that nobody should see them, and of those with these names."""
    return frozenset(_telling(variables, names))


def _telling(variables: Iterable[tuple[str, str]], names: Collection[str]) -> Iterator[str]:
    for name, value in variables:
        if (is_telling(name, value) or name in names) and len(value) >= _LEAST and not value.isalpha():
            yield value
