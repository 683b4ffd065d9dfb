"""`configs` and `secrets` of a compose file: that each of them is text, or a path that was meant.

What has neither text nor path, compose mounts from the path "": the folder of the stack on the Portainer server, with
all values in it, or that server's own file system. So nothing may be sent of which compose could make a path by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import Compose, entries_of
from phoenix_providers.planning.compose.container_paths import target_of
from phoenix_providers.planning.compose.dotenv import is_taken
from phoenix_providers.planning.compose.external_flag import is_external
from phoenix_providers.planning.compose.folder_advice import folder_advice
from phoenix_providers.planning.findings import Findings, nearest

_SOURCES = {"configs": ("file", "environment", "content"), "secrets": ("file", "environment")}
# A tag of compose itself.
_RESET = "!reset"


def check_file_objects(compose: Compose, locate: Callable[..., Location], findings: Findings) -> None:
    """Report every definition of which compose would make a path of its own choice, or nothing at all.

    A text that depends on a secret counts as given, since its value is not known here; whoever knows the values asks
    again.
    """
    for section, sources in _SOURCES.items():
        used = _used(compose, section)
        for name, definition in _definitions(compose, section, locate, findings):
            given = [key for key in sources if key in definition]
            place = (section, name)
            if len(given) > 1:
                findings.error(
                    f"`{section}.{name}` has {' and '.join(given)}",
                    locate(*place),
                    seen=", ".join(given),
                    expected="one of them; compose refuses more",
                )
            elif is_external(definition):
                if name in used and (*place, "external") not in compose.hidden:
                    findings.error(
                        f"`{section}.{name}` is external, which exists in a swarm only",
                        locate(*place, "external"),
                        seen="external: true",
                        expected=f"one of {', '.join(sources)}",
                    )
            elif not given:
                _without_source(f"{section}.{name}", definition, locate(*place), sources, findings)
            elif name in used:
                # What nobody uses is mounted nowhere, whatever it is.
                if given[0] != "file":
                    _check_ways(compose, section, name, locate, findings)
                _Source(compose, locate, findings, section, name, given[0]).check(definition[given[0]])


def _check_ways(compose: Compose, section: str, name: str, locate: Callable[..., Location], findings: Findings) -> None:
    """Report the services into which compose cannot copy a text."""
    for service in (service for service in compose.services.values() if service.active):
        for index, entry in enumerate(entries_of(compose.model["services"][service.name], section)):
            source = str(entry.get("source", "") if isinstance(entry, dict) else entry)
            obstacle = service.paths.obstacle(target_of(section, entry)) if source == name else None
            if obstacle is None:
                continue
            place = locate("services", service.name, section, index)
            text = f"`{section}.{name}` cannot be put into {service.name}: {obstacle.text}"
            if obstacle.silent:
                findings.warning(text, place, next_step="choose another `target`, or take it out")
            else:
                findings.error(text, place, seen=target_of(section, entry), expected="another path")


def _without_source(
    path: str, definition: ComposeNode, place: Location, sources: tuple[str, ...], findings: Findings
) -> None:
    findings.error(
        f"`{path}` says nothing of what is in it",
        place,
        seen=", ".join(definition) or "nothing",
        expected=f"one of {', '.join(sources)}",
    )


class _Source:
    """Where one definition has its text from."""

    def __init__(
        self,
        compose: Compose,
        locate: Callable[..., Location],
        findings: Findings,
        section: str,
        name: str,
        key: str,
    ) -> None:
        self._compose = compose
        self._path = (section, name, key)
        self._shown = f"`{section}.{name}`"
        self._place = locate(section, name, key)
        self._findings = findings

    def check(self, value: object) -> None:
        """Report what is no text, no name, and no absolute path."""
        section, _, key = self._path
        if self._path in self._compose.hidden:
            return
        if not isinstance(value, str):
            # The schema says so, too, unless a variable is part of it.
            return
        if not value:
            self._findings.error(
                f"{self._shown} is empty: compose would mount a folder of the Portainer server in its place",
                self._place,
                seen=f"{key}: {self._written!r}",
                expected="text; a single line end makes a file that is as good as empty",
            )
        elif key == "file" and not value.startswith("/"):
            self._findings.error(
                f"{self._shown} is a relative file, but Portainer gets only the compose text",
                self._place,
                seen=value,
                expected="a file in the manifest's `files`, or `content:`",
                next_step=folder_advice(self._place),
            )
        elif key == "environment" and not is_taken(value):
            self._variable(section, value)

    @property
    def _written(self) -> str:
        value: Any = self._compose.raw
        for step in self._path:
            value = value[step]
        return str(value)

    def _variable(self, section: str, name: str) -> None:
        value = self._compose.variables.get(name)
        if value is None:
            self._findings.error(
                f"{self._shown} takes its text from the variable {name}, which is defined nowhere",
                self._place,
                seen=f"no variable {name}",
                expected=nearest(name, self._compose.variables) or f"{name} among the manifest's variables",
            )
        elif value == "" and section == "configs":
            self._findings.error(
                f"{self._shown} takes its text from the variable {name}, which is empty: compose would leave it out",
                self._place,
                seen=f"an empty {name}",
                expected="text",
            )


def _definitions(
    compose: Compose, section: str, locate: Callable[..., Location], findings: Findings
) -> Iterator[tuple[str, ComposeNode]]:
    """Yield name and content of each definition; those without content are reported by the schema."""
    declared = compose.document.get(section)
    for key in declared if isinstance(declared, dict) else ():
        if not isinstance(key, str) or not key:
            findings.error(
                f"a name in `{section}` is no text",
                locate(section),
                seen="nothing" if key is None else repr(key),
                expected=f"NAME: below `{section}:`",
            )
        elif getattr(getattr(declared[key], "tag", None), "value", None) == _RESET:
            findings.error(
                f"`{section}.{key}` is taken out again by its tag",
                locate(section, key),
                seen=_RESET,
                expected="a definition, or none",
            )
    model = compose.model.get(section)
    for name, definition in model.items() if isinstance(model, dict) else ():
        if isinstance(definition, dict):
            yield name, definition
        else:
            _without_source(f"{section}.{name}", {}, locate(section, name), _SOURCES[section], findings)


def _used(compose: Compose, section: str) -> frozenset[str]:
    return frozenset(
        str(entry.get("source", "") if isinstance(entry, dict) else entry)
        for name, service in compose.services.items()
        if service.active
        for entry in entries_of(compose.model["services"][name], section)
    )


def paths_of_composes_choice(compose: Compose) -> tuple[str, ...]:
    """Return the definitions in whose place compose would mount a path that nobody named; all values are known."""
    found = []
    for section in _SOURCES:
        model, used = compose.model.get(section), _used(compose, section)
        for name, definition in model.items() if isinstance(model, dict) else ():
            if name not in used or not isinstance(definition, dict) or is_external(definition):
                continue
            texts = {key: value for key, value in definition.items() if isinstance(value, str)}
            named = texts.get("environment") or texts.get("content")
            if not named and not texts.get("file", "").startswith("/"):
                found.append(f"{section}.{name}")
    return tuple(found)
