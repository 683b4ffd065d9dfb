"""`env_file` and `label_file` of services, which become `environment` and `labels`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from phoenix_providers.cli.stack_import.manifest_parts import ManifestParts
from phoenix_providers.cli.stack_import.places import Places
from phoenix_providers.cli.stack_import.project_files import read_variables
from phoenix_providers.cli.stack_import.relative_paths import text_of, with_key, without_key
from phoenix_providers.cli.stack_import.remarks import Remarks
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.dotenv_file import FileVariable
from phoenix_providers.planning.compose.parts import Part

# Portainer itself writes this file, from the stack's variables.
_PORTAINERS_OWN = "stack.env"
_MOST_NAMED = 6
Found = dict[str, tuple[FileVariable, Path]]


class EnvironmentFiles:
    """Reads them, and puts what is in them where it counts the same."""

    def __init__(self, folder: Path, known: Mapping[str, str], places: Places, remarks: Remarks) -> None:
        self._folder = folder
        self._known = known
        self._places = places
        self._remarks = remarks

    def read(self, service: Part, key: str) -> Found:
        """Return the variables of all files that a service names; the last one of a name counts."""
        found: Found = {}
        declared = service.value.get(key)
        for entry in [] if declared is None else declared.value if declared.is_list else [declared]:
            file = self._file(entry)
            if file is None:
                continue
            said = entry.said if entry.is_map else {}
            earlier = {name: variable.value for name, (variable, _) in found.items()}
            variables = read_variables(file, {**earlier, **self._known}, raw=said.get("format") == "raw")
            found |= {variable: (one, file) for variable, one in variables.items()}
        return found

    def carried(self, name: str, service: Part, parts: ManifestParts) -> Part:
        """Return a service without its files, and with what they say."""
        for key, section in (("env_file", "environment"), ("label_file", "labels")):
            if key not in service.value or self._is_portainers(service.value[key]):
                continue
            found = self.read(service, key)
            own = _names(service.value.get(section))
            texts = {
                variable: self._text(variable, one, file, name, section, parts)
                for variable, (one, file) in found.items()
                if variable not in own
            }
            self._remarks.tell(
                f"{key} of {name} is in its {section} now: {_some(texts)}"
                if texts
                else f"{key} of {name} adds nothing",
                self._places.of(service.value[key]),
            )
            service = without_key(service, key)
            if texts:
                service = with_key(service, section, _added(service.value.get(section), texts, service))
        return service

    def _is_portainers(self, declared: Part) -> bool:
        return declared.said in (_PORTAINERS_OWN, [_PORTAINERS_OWN]) and not (self._folder / _PORTAINERS_OWN).exists()

    def _text(
        self, variable: str, one: FileVariable, file: Path, service: str, section: str, parts: ManifestParts
    ) -> str:
        if section == "environment" and parts.is_secret(variable, one.value):
            return f"${{{parts.secret_variable(variable, one.value, Location(file, one.line), service)}}}"
        return one.value.replace("$", "$$")

    def _file(self, entry: Part) -> Path | None:
        path = entry.value.get("path") if entry.is_map else entry
        text = text_of(path, self._known) if path is not None else ""
        if not text:
            return None
        file = self._folder / Path(text).expanduser()
        if file.is_file():
            return file
        required = entry.said.get("required", True) if entry.is_map else True
        if str(required).lower() != "false":
            like = [other.name for other in file.parent.glob(f"{file.name}*")] if file.parent.is_dir() else []
            hint = f" (there is {', '.join(sorted(like))})" if like else ""
            self._remarks.leave(
                f"{text} is not here, so what it says is missing{hint}",
                self._places.of(entry),
                "write its variables below `environment`, or put the file there and run this again in a new folder",
            )
        return None


def _names(section: Part | None) -> set[str]:
    """Return the names that a section says itself; one without a value counts as well, as in compose."""
    if section is None:
        return set()
    if section.is_map:
        return set(section.value)
    return {str(item.said).partition("=")[0] for item in section.value} if section.is_list else set()


def _added(section: Part | None, texts: Mapping[str, str], service: Part) -> Part:
    if section is not None and section.is_list:
        return section.with_content(
            [*section.value, *(Part(f"{key}={text}", f"{key}={text}", section.path) for key, text in texts.items())]
        )
    place = section.path if section is not None else service.path
    own = section.value if section is not None and section.is_map else {}
    return Part({**own, **{key: Part(text, text, place) for key, text in texts.items()}}, None, place)


def _some(texts: Mapping[str, str]) -> str:
    names = list(texts)
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
