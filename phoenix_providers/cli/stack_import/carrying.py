"""What Portainer has no files for, carried into the compose text, the manifest and the secrets of the Pulumi stack."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import PurePosixPath
from shlex import quote

from phoenix_providers.cli.stack_import.environment_files import EnvironmentFiles
from phoenix_providers.cli.stack_import.file_sources import FileSources
from phoenix_providers.cli.stack_import.manifest_parts import ManifestParts, telling_values
from phoenix_providers.cli.stack_import.mounts import Mounts
from phoenix_providers.cli.stack_import.places import Places
from phoenix_providers.cli.stack_import.plain_remarks import remark_plain_secrets
from phoenix_providers.cli.stack_import.project import ComposeProject
from phoenix_providers.cli.stack_import.relative_paths import is_relative, text_of, with_key, without_key
from phoenix_providers.cli.stack_import.remarks import Remarks
from phoenix_providers.cli.stack_import.secret_uses import names_of_secrets, names_under_telling_keys
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.asked_names import asked_names, names_in_text
from phoenix_providers.planning.compose.external_flag import is_external
from phoenix_providers.planning.compose.interpolation import PROJECT_NAME
from phoenix_providers.planning.compose.labels import split_label
from phoenix_providers.planning.compose.parts import Part

_OF_COMPOSE = ("COMPOSE_FILE", "COMPOSE_PATH_SEPARATOR", PROJECT_NAME)
_PROFILES = "COMPOSE_PROFILES"
_WHERE = {".": "beside the compose file", "~": "in a home folder"}
_ROUTING = ("http", "tcp", "udp", "enable")


class Carrier:
    """Carries one project."""

    def __init__(
        self, project: ComposeProject, stack: str, on_vm: PurePosixPath | None, places: Places, remarks: Remarks
    ) -> None:
        self._project = project
        self._places = places
        self._remarks = remarks
        known = {name: variable.value for name, variable in project.variables.items()}
        self._known = known
        # Variables of an include count in its compose files only, and not in env files.
        self._own = {name: value for name, value in known.items() if name not in project.scopes.files}
        self._environment_files = EnvironmentFiles(project.folder, self._own, places, remarks)
        if on_vm is not None:
            on_vm /= os.path.relpath(project.folder, project.source)
        self._mounts = Mounts(project.folder, known, on_vm, places, remarks)
        self._sources = FileSources(project.folder, known, places, remarks)
        self.parts = ManifestParts(stack)
        self.volumes: dict[str, str] = {}

    def carried(self) -> Part:
        """Return the project as one file; what else it takes is in `parts`."""
        tree = self._project.tree
        own_secrets = names_of_secrets(tree.written)
        self.parts.taken = frozenset([*_keys(tree, "configs"), *_keys(tree, "secrets")])
        self.parts.secret_values = telling_values(
            [*self._known.items(), *self._in_files(tree)], own_secrets | names_under_telling_keys(tree.written)
        )
        for name, value in self._known.items():
            self.parts.reserve(name, value)
        tree = self._sources.carried(tree, self.parts)
        services = tree.value["services"]
        tree = with_key(
            tree,
            "services",
            services.with_content({name: self._service(name, own) for name, own in services.value.items()}),
        )
        tree = self._with_secrets(self._with_configs(tree))
        tree = self._with_volume_names(tree)
        tree = without_key(tree, "name")
        self._declare_variables(tree)
        self._tell_of_networks(tree)
        return tree

    def _in_files(self, tree: Part) -> Iterator[tuple[str, str]]:
        quiet = EnvironmentFiles(self._project.folder, self._own, self._places, Remarks())
        for own in tree.value["services"].value.values():
            if own.is_map:
                yield from ((name, one.value) for name, (one, _) in quiet.read(own, "env_file").items())

    def _service(self, name: str, own: Part) -> Part:
        if not own.is_map:
            return own
        if "build" in own.value:
            made = f"{self._project.name}-{name}"
            image = text_of(own.value["image"], self._known) if "image" in own.value else ""
            named = image or f"REGISTRY/{name}:TAG"
            # Compose itself knows the Dockerfile, the target and the arguments.
            steps = [f"cd {quote(str(self._project.source))}", f"docker compose build {quote(name)}"]
            steps += [] if image else [f"docker tag {quote(made)} {quote(named)}"]
            self._remarks.leave(
                f"{name} is built from source, and Portainer gets only the compose text",
                self._places.of(own.value["build"]),
                f"{' && '.join([*steps, f'docker push {quote(named)}'])}; then `image` in place of `build`",
            )
        own = self._environment_files.carried(name, own, self.parts)
        own = self._mounts.carried(name, own, self.parts)
        remark_plain_secrets(name, own, self._places, self._remarks)
        return self._without_routes(name, own)

    def _without_routes(self, name: str, own: Part) -> Part:
        """Move labels that make routes to the manifest, from which DNS records come."""
        labels = own.value.get("labels")
        if labels is None or not (labels.is_map or labels.is_list):
            return own
        moved: list[str] = []
        if labels.is_map:
            kept = {}
            for key, part in labels.value.items():
                if _is_routing(key) and not part.is_map and not part.is_list:
                    moved.append(f"{key.replace('$', '$$')}={_label_text(part.raw)}")
                else:
                    kept[key] = part
            rest = labels.with_content(kept)
        else:
            entries = [part for part in labels.value if not _is_routing(split_label(str(part.raw))[0])]
            moved = [str(part.raw) for part in labels.value if part not in entries]
            rest = labels.with_content(entries)
        if not moved:
            return own
        for label in moved:
            self.parts.label(name, label)
        self._remarks.tell(f"Traefik's labels of {name} are in the manifest now", self._places.of(labels))
        return with_key(own, "labels", rest) if rest.value else without_key(own, "labels")

    def _with_configs(self, tree: Part) -> Part:
        if not self.parts.composed_configs:
            return tree
        section = tree.value.get("configs") or Part({}, None, tree.path)
        for key, text in self.parts.composed_configs.items():
            section = with_key(section, key, Part({"content": Part(text, text, tree.path)}, None, tree.path))
        return with_key(tree, "configs", section)

    def _with_secrets(self, tree: Part) -> Part:
        if not self.parts.composed_secrets:
            return tree
        section = tree.value.get("secrets") or Part({}, None, tree.path)
        for key, variable in self.parts.composed_secrets.items():
            section = with_key(
                section, key, Part({"environment": Part(variable, variable, tree.path)}, None, tree.path)
            )
        return with_key(tree, "secrets", section)

    def _with_volume_names(self, tree: Part) -> Part:
        """Let named volumes keep the names that they have under the project's present name, and so their data."""
        section = tree.value.get("volumes")
        if section is None or not section.is_map:
            return tree
        for key, part in section.value.items():
            said = part.said if part.is_map else {}
            if is_external(said):
                continue
            device = str((said.get("driver_opts") or {}).get("device") or "")
            if is_relative(device):
                self._remarks.leave(
                    f"the volume {key} is {device}, a path {_WHERE[device[0]]}",
                    self._places.of(part),
                    "copy it to the VM, and write its path there",
                )
            if said.get("name") or self._project.name == "":
                continue
            name = f"{self._project.name}_{key}"
            self.volumes[key] = name
            own = part if part.is_map else Part({}, None, part.path)
            section = with_key(section, key, with_key(own, "name", Part(name, name, part.path)))
        return with_key(tree, "volumes", section)

    def _declare_variables(self, tree: Part) -> None:
        """Give the manifest the variables of `.env` that the compose file uses."""
        in_labels = {name for label in self._labels() for name in names_in_text(label)}
        secrets = names_of_secrets(tree.written) | (names_under_telling_keys(tree.written) - in_labels)
        used = in_labels | asked_names(tree.written).keys() | {_PROFILES}
        for name, variable in self._project.variables.items():
            if name in used and name not in _OF_COMPOSE:
                file = self._project.scopes.files.get(name) or self._project.dotenv[name]
                place = Location(file, variable.line)
                secret = name in secrets and bool(variable.value)
                secret = secret or self.parts.is_secret(name, variable.value, by_form=name not in in_labels)
                self.parts.declare(name, variable.value, place, secret=secret)
                if not secret and self.parts.is_secret(name, variable.value):
                    self._remarks.tell(
                        f"{name} stands in clear in phoenix.yaml, since Traefik's files show what a label holds",
                        place,
                        "a file on Traefik's side, such as basicAuth's usersFile, keeps it out of the stack's folder",
                    )
        idle = [name for name in self._project.variables if name not in used and name not in _OF_COMPOSE]
        if idle:
            self._remarks.tell(f".env has variables that the new files do not need: {', '.join(sorted(idle))}")

    def _labels(self) -> list[str]:
        manifest = self.parts.manifest("x").environments["x"]
        return [label for settings in manifest.services.values() for label in settings.traefik_labels]

    def _tell_of_networks(self, tree: Part) -> None:
        section = tree.value.get("networks")
        for key, part in section.value.items() if section is not None and section.is_map else ():
            if part.is_map and is_external(part.said):
                name = text_of(part.value["name"], self._known) if "name" in part.value else key
                self._remarks.tell(
                    f"the network {name} has to be on the VM",
                    self._places.of(part),
                    f"docker network create {quote(name)}",
                )


def _keys(tree: Part, section: str) -> list[str]:
    declared = tree.value.get(section)
    return list(declared.value) if declared is not None and declared.is_map else []


def _is_routing(key: str) -> bool:
    prefix, dot, rest = key.lower().partition(".")
    return prefix == "traefik" and bool(dot) and rest.partition(".")[0] in _ROUTING


def _label_text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
