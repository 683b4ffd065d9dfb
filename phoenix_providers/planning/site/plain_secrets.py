"""Values of stacks that stand in clear in the files, and look as if nobody should see them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import SecretReference, StackEnvironment, StackFolder
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.rendering import same_plans
from phoenix_providers.planning.telling_values import is_telling_value

_TELLING = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|(^|_)(PASS|PW|PWD)(_|$)|(?<!COM)(?<!BY)PASS$"
    r"|PW$|(?<!OLD)PWD$|(BASIC|NEO4J)_?AUTH$|(^|_)PSK$|(^|_)SALTS?(_|$)|(API|ACCESS|PRIVATE|AUTH|MASTER|CRYPT\w*)_?KEY|(APP|INSTALLATION|SIGNING|SESSION|LICEN[CS]E)_{0,2}KEYS?$",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"_(FILE|PATH|USER|USERNAME|URL|LENGTH|TTL|EXPIRY|EXPIRES(_IN)?|LIFETIME|TIMEOUT|SECONDS|MINUTES|HOURS|DAYS|ENABLED)$",
    re.IGNORECASE,
)
_NO_SECRETS = {"", "true", "false", "yes", "no", "on", "off", "none"}


@dataclass(frozen=True)
class PlainSecret:
    """A variable with a value in clear, where it stands, and the `name` of the secret that takes its place."""

    stack: str
    environment: str
    variable: str
    name: str
    location: Location


def plain_secrets(configuration: Configuration) -> tuple[PlainSecret, ...]:
    """Return the variables that can become secrets without any other change of the plan.

    One that makes a route or a port cannot: what Traefik's files show is no secret.
    """
    found = tuple(_candidates(configuration))
    if _changes_nothing(configuration, found):
        return found
    return tuple(secret for secret in found if _changes_nothing(configuration, [secret]))


def with_references(configuration: Configuration, secrets: Iterable[PlainSecret]) -> Configuration:
    """Return the configuration with references instead of these values, and the secrets counting as set."""
    names = {(secret.stack, secret.environment, secret.variable): secret.name for secret in secrets}
    known = configuration.settings.secrets | set(names.values())
    stacks = {name: _referring(folder, names) for name, folder in configuration.stacks.items()}
    return replace(configuration, stacks=stacks, settings=configuration.settings.model_copy(update={"secrets": known}))


def _referring(folder: StackFolder, names: dict[tuple[str, str, str], str]) -> StackFolder:
    def environment(key: str, declared: StackEnvironment) -> StackEnvironment:
        variables = tuple(
            variable.model_copy(update={"value": SecretReference(secret=names[folder.name, key, variable.name])})
            if (folder.name, key, variable.name) in names
            else variable
            for variable in declared.variables
        )
        return declared.model_copy(update={"variables": variables}) if variables else declared

    environments = {key: environment(key, declared) for key, declared in folder.manifest.environments.items()}
    if not environments:
        return folder
    return replace(folder, manifest=folder.manifest.model_copy(update={"environments": environments}))


def _changes_nothing(configuration: Configuration, secrets: Sequence[PlainSecret]) -> bool:
    return same_plans(plan_site(configuration), plan_site(with_references(configuration, secrets)))


def _candidates(configuration: Configuration) -> Iterator[PlainSecret]:
    names = _Names(configuration)
    for stack, folder in configuration.stacks.items():
        for environment, declared in folder.manifest.environments.items():
            for index, variable in enumerate(declared.variables):
                if isinstance(variable.value, str) and _looks_secret(variable.name, variable.value):
                    place = configuration.locate(f"stacks/{stack}", "environments", environment, "variables", index)
                    name = names.take((variable.name, stack, environment), variable.value)
                    yield PlainSecret(stack, environment, variable.name, name, place)


def _looks_secret(name: str, value: str) -> bool:
    # Names at Portainer may have dashes and dots, as in DB-PASS.
    return is_telling(re.sub(r"[-.]", "_", name), value) or is_telling_value(value)


def is_telling(name: str, value: str) -> bool:
    """Whether a variable's name says that nobody should see its value."""
    return bool(_TELLING.search(name)) and not _HARMLESS.search(name) and value.strip().lower() not in _NO_SECRETS


class _Names:
    """Names for secrets: the variable's own, longer where another value has that name."""

    def __init__(self, configuration: Configuration) -> None:
        self._values: dict[str, str | None] = dict.fromkeys(configuration.settings.secrets)
        for folder in configuration.stacks.values():
            for declared in folder.manifest.environments.values():
                references = (variable.value for variable in declared.variables)
                self._values |= {value.secret: None for value in references if isinstance(value, SecretReference)}

    def take(self, parts: tuple[str, str, str], value: str) -> str:
        variable, stack, environment = (re.sub(r"[^A-Za-z0-9]+", "_", part).strip("_").upper() for part in parts)
        longest = f"{stack}_{environment}_{variable}"
        candidates = chain((variable, f"{stack}_{variable}", longest), (f"{longest}_{number}" for number in count(2)))
        name = next(name for name in candidates if self._values.get(name, value) == value)
        self._values[name] = value
        return name
