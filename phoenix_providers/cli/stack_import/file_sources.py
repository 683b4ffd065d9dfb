"""`configs` and `secrets` of a compose file whose texts lie in files beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from phoenix_providers.cli.stack_import.file_access import with_access
from phoenix_providers.cli.stack_import.manifest_parts import ManifestParts
from phoenix_providers.cli.stack_import.password_lines import password_lines
from phoenix_providers.cli.stack_import.places import Places
from phoenix_providers.cli.stack_import.relative_paths import at, each, text_of, with_key, without_key
from phoenix_providers.cli.stack_import.remarks import Remarks
from phoenix_providers.cli.stack_import.secret_files import is_secret_file
from phoenix_providers.cli.stack_import.text_files import UnfitFileError, is_executable, text_content
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.container_paths import plain_path, target_of
from phoenix_providers.planning.compose.parts import Part

_NAME_IT = "name it below `secrets:` instead, and run this again in a new folder"


class FileSources:
    """Turns them into files of the manifest, inline texts and secrets."""

    def __init__(self, folder: Path, known: Mapping[str, str], places: Places, remarks: Remarks) -> None:
        self._folder = folder
        self._known = known
        self._places = places
        self._remarks = remarks

    def carried(self, tree: Part, parts: ManifestParts) -> Part:
        """Return the project without relative files in `configs` and `secrets`."""
        for section in ("configs", "secrets"):
            declared = tree.value.get(section)
            for name, definition in declared.value.items() if declared is not None and declared.is_map else ():
                if not definition.is_map or "file" not in definition.value:
                    continue
                path = text_of(definition.value["file"], self._known)
                if path.startswith("/"):
                    continue
                file = self._folder / Path(path).expanduser()
                try:
                    content = text_content(file, None if section == "secrets" else self._folder)
                except UnfitFileError as error:
                    what = str(error) if file.exists() else "which is not here"
                    self._remarks.leave(
                        f"{section}.{name} is {path}, {what}",
                        self._places.of(definition),
                        "put the file there and run this again in a new folder"
                        if not file.exists()
                        else "copy it to the VM and mount it from there",
                    )
                    continue
                one = self._secret if section == "secrets" else self._config
                tree = one(tree, name, definition, file, content, parts)
        return tree

    def _secret(
        self, tree: Part, name: str, definition: Part, file: Path, content: bytes, parts: ManifestParts
    ) -> Part:
        variable = parts.secret_variable(name.upper(), content.decode(), Location(file), file=str(file))
        self._remarks.tell(f"secrets.{name} is a secret of the Pulumi stack now", self._places.of(definition))
        own = without_key(definition, "file")
        own = with_key(own, "environment", Part(variable, variable, definition.path))
        tree = at(tree, "secrets", lambda section: with_key(section, name, own))

        def referring(entry: Part) -> Part:
            if _source(entry) != name:
                return entry
            source = Part(name, name, entry.path)
            longer = with_access(entry if entry.is_map else Part({"source": source}, None, entry.path), file)
            return longer if "mode" in longer.value else entry

        def service(one: Part) -> Part:
            return at(one, "secrets", lambda listed: each(listed, referring))

        return at(tree, "services", lambda services: each(services, service))

    def _config(
        self, tree: Part, name: str, definition: Part, file: Path, content: bytes, parts: ManifestParts
    ) -> Part:
        """Make a file of the manifest, or text in place where its users say more than a path."""
        lines = list(password_lines(content.decode()))
        for line in lines:
            self._remarks.tell("may hold a password, and is copied as it is", Location(file, line))
        if not lines and is_secret_file(file.name, content.decode(), parts):
            self._remarks.tell("looks secret, and is copied as it is", Location(file), _NAME_IT)
        users = _users(tree, name)
        simple = all(set(entry.value) <= {"source", "target"} for _, entry in users if entry.is_map)
        if simple and users and not is_executable(file) and len(definition.value) == 1:
            source = str(file.relative_to(self._folder)) if file.is_relative_to(self._folder) else file.name
            targets = [(service, plain_path(target_of("configs", entry.said))) for service, entry in users]
            if all(parts.file(source, content, target, service) for service, target in targets):
                self._remarks.tell(f"configs.{name} is a file of the manifest now", self._places.of(definition))
                return _without(tree, name)
        if is_executable(file):
            self._remarks.leave(
                f"configs.{name} was executable, and is none where its users do not say so",
                self._places.of(definition),
                f"{{source: {name}, target: PATH, mode: 0o755}} below `configs` of its services",
            )
        text = content.decode().replace("$", "$$") or "\n"
        self._remarks.tell(f"configs.{name} has its text in the compose file now", self._places.of(definition))
        own = with_key(without_key(definition, "file"), "content", Part(text, text, definition.path))
        return at(tree, "configs", lambda section: with_key(section, name, own))


def _users(tree: Part, name: str) -> list[tuple[str, Part]]:
    services = tree.value.get("services")
    return [
        (service, entry)
        for service, own in (services.value.items() if services is not None and services.is_map else ())
        for entry in _configs(own)
        if _source(entry) == name
    ]


def _configs(service: Part) -> list[Part]:
    configs = service.value.get("configs") if service.is_map else None
    return configs.value if configs is not None and configs.is_list else []


def _source(entry: Part) -> str:
    return str(entry.said.get("source", "") if entry.is_map else entry.said)


def _without(tree: Part, name: str) -> Part:
    def service(own: Part) -> Part:
        configs = own.value.get("configs") if own.is_map else None
        if configs is None or not configs.is_list:
            return own
        kept = [entry for entry in configs.value if _source(entry) != name]
        return with_key(own, "configs", configs.with_content(kept)) if kept else without_key(own, "configs")

    services = tree.value["services"]
    tree = with_key(tree, "services", services.with_content({key: service(own) for key, own in services.value.items()}))
    section = without_key(tree.value["configs"], name)
    return with_key(tree, "configs", section) if section.value else without_key(tree, "configs")
