"""An existing installation as a folder of the new spelling, which declares the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from phoenix_providers.cli.new_site.answers import Ask, answers, nobody_answers
from phoenix_providers.cli.project import site_folder
from phoenix_providers.errors import ConfigurationError, PhoenixError, UsageError
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.files.discovery import COMPOSE_NAMES, MANIFEST_NAMES, discover
from phoenix_providers.models.files.json_schema import write_schemas
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.files.new_spelling import new_spelling
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.settings import Settings
from phoenix_providers.models.stack import StackEnvironment, StackFolder
from phoenix_providers.planning.addresses import traefik_guest
from phoenix_providers.planning.discovery.script_constants import (
    OpenQuestion,
    known_settings,
    open_questions,
    with_resolver,
)
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.plain_secrets import PlainSecret, plain_secrets, with_references
from phoenix_providers.planning.site.rendering import same_plans

_MOST_NAMED = 8
_COMMENTS = {
    "firewallPlacement": "Where guests' rules live: in one `cluster` list (as in the old scripts) or on each `guest`.",
    "traefikGuest": "The guest that runs Traefik; routed names lead to its address, unless `gateway` names another.",
    "gateway": "The guest or IP behind which routed names live: where TLS ends.",
    "addressOverrides": "Names of containers' services lead to the container itself, as the old scripts had it.",
    "serversTransport": "How Traefik reaches https back ends; `rootCa` is a file on its side.",
    "traefikTarget": "The directory that Traefik's file provider watches.",
    "traefikApiUrl": "Traefik's API.",
    "portainerUrl": "Where Portainer answers.",
    "environment": "The environment of the manifests.",
    "node": "The Proxmox node of guests that name none.",
    "entryPoints": "Entry points of routes that name none.",
}


@dataclass(frozen=True)
class Conversion:
    """What has been converted.

    Attributes:
        old: The installation as it was read.
        secrets: Variables whose values are secrets now; the new files refer to them.
        settings: Settings that keep the meaning, as they stand in the new Pulumi.yaml.
        questions: What nobody has answered.
        resolver: What the nodes resolve with, where the scripts had written it and no file says it.
    """

    old: Configuration
    secrets: tuple[PlainSecret, ...]
    settings: dict[str, str]
    questions: tuple[OpenQuestion, ...] = ()
    resolver: tuple[str, ...] = ()


def convert(source: Path, folder: Path, ask: Ask = nobody_answers) -> Conversion:
    """Write the new folder; the old one stays as it is.

    Args:
        source: The installation.
        folder: The new folder.
        ask: Asks what the files do not say.

    Raises:
        ConfigurationError: The installation has errors that hide what it declares; nothing has been written.
    """
    if folder.resolve().is_relative_to(source.resolve()):
        raise UsageError(
            "The new folder lies inside the old installation",
            where=str(folder),
            expected="a folder elsewhere",
            next_step="phoenix init ~/home-lab --from DIR",
        )
    _refuse_elsewhere(source)
    old = load_configuration(source, Settings())
    _refuse_unclear(old)
    settings = _settings(old)
    questions = open_questions(old, settings) if old.old_spelling else ()
    settings |= answers(old, questions, ask)
    old = replace(old, settings=Settings.from_raw(settings))
    without_resolver = old.site.resolver.servers
    old = with_resolver(old) if old.old_spelling else old
    secrets = plain_secrets(old)
    new = with_references(replace(old, stacks={name: _own_files(stack) for name, stack in old.stacks.items()}), secrets)
    folder.mkdir(parents=True, exist_ok=True)
    site_folder.write_project(folder, "".join(_settings_block(old, settings)))
    write_proven(new, folder / "config")
    open_ones = tuple(question for question in questions if question.setting not in settings)
    resolver = old.site.resolver.servers if not without_resolver else ()
    return Conversion(old, secrets, settings, open_ones, resolver)


def _refuse_elsewhere(source: Path) -> None:
    if discover(source)[0] is not None:
        return
    names = sorted(entry.name for entry in source.iterdir())[:_MOST_NAMED] if source.is_dir() else []
    raise UsageError(
        "There is no installation to convert",
        where=str(source),
        seen=", ".join(names) or ("an empty folder" if source.is_dir() else "no folder"),
        expected="a folder that has phoenix_hypervisor_config.json, itself or in `etc`",
        next_step="phoenix init FOLDER --from DIR",
    )


def _refuse_unclear(old: Configuration) -> None:
    """Refuse what cannot be written down: manifests that cannot be read, and a stack twice on one VM."""
    reasons = tuple(
        problem.explanation()
        for problem in old.problems
        if problem.severity is Severity.ERROR
        and problem.stack in old.stacks
        and (not old.stacks[problem.stack].manifest_readable or _in_vms(problem))
    )
    if reasons:
        raise ConfigurationError("What these files mean is not clear; nothing was written", reasons)


def _in_vms(problem: Problem) -> bool:
    return problem.location is not None and "docker_stacks" in problem.location.path


def _settings(old: Configuration) -> dict[str, str]:
    settings: dict[str, str] = {}
    if old.old_spelling:
        settings |= {"firewallPlacement": "cluster", **known_settings(old)}
    guest = traefik_guest(old)
    if guest is not None and guest.name.lower() != old.settings.traefik_guest:
        settings["traefikGuest"] = guest.name
    return settings


def _settings_block(old: Configuration, settings: dict[str, str]) -> Iterator[str]:
    """Yield the lines below `config:`; what the old scripts had built in is named, with the value in effect."""
    default = old.settings
    guest = traefik_guest(old)
    defaults = {
        "firewallPlacement": "guest",
        "traefikGuest": default.traefik_guest,
        "gateway": (guest.address if guest else None) or "GUEST_OR_IP",
        "environment": default.environment,
        "node": default.node,
        "entryPoints": ",".join(default.entry_points),
    }
    yield "  # What the old scripts had built in are settings now, for all Pulumi stacks of this project here;\n"
    yield "  # pulumi config set phoenix:KEY VALUE says it for one. Change the entries of a map here: with --path it\n"
    yield "  # would begin anew.\n"
    for key, comment in _COMMENTS.items():
        if key in settings:
            yield f"  # {comment}\n  phoenix:{key}: {_written(settings[key])}\n"
        elif key in defaults:
            yield f"  # {comment}\n  # phoenix:{key}: {defaults[key]}\n"


def _written(text: str) -> str:
    """Return a value as Pulumi takes it: a map as the `value` of its setting."""
    if not text.startswith("{"):
        return _quoted(text)
    entries = (f"\n      {_quoted(name)}: {_quoted(value)}" for name, value in json.loads(text).items())
    return "\n    value:" + "".join(entries)


def _quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def _own_files(stack: StackFolder) -> StackFolder:
    """Let every file lie in the stack's folder, under its own path where that stays inside."""
    taken = dict.fromkeys((*COMPOSE_NAMES, *MANIFEST_NAMES), "")

    def inside(source: str) -> str:
        if source not in stack.files:
            return source
        path = Path(source)
        name = path.name if path.is_absolute() or ".." in path.parts else str(path)
        while taken.setdefault(name, source) != source:
            name = f"also-{name}"
        return name

    def environment(declared: StackEnvironment) -> StackEnvironment:
        files = tuple(file.model_copy(update={"source": inside(file.source)}) for file in declared.files)
        return declared.model_copy(update={"files": files}) if files else declared

    environments = {name: environment(declared) for name, declared in stack.manifest.environments.items()}
    files = {inside(source): content for source, content in stack.files.items()}
    manifest = stack.manifest.model_copy(update={"environments": environments}) if environments else stack.manifest
    return replace(stack, manifest=manifest, files=files)


def _write(new: Configuration, config: Path) -> None:
    write_schemas(config)
    for name, text in new_spelling(new).items():
        _file(config / name).write_text(text, encoding="utf-8", newline="")
    for name, stack in new.stacks.items():
        folder = config / "stacks" / name
        folder.mkdir(parents=True, exist_ok=True)
        compose = stack.compose_location.file
        if compose.is_file():
            (folder / compose.name).write_bytes(compose.read_bytes())
        for source, content in stack.files.items():
            _file(folder / source).write_bytes(content)


def write_proven(new: Configuration, config: Path) -> None:
    """Write all files of the new spelling and those of stacks as they are, and read back what they declare."""
    _write(new, config)
    _prove(new, config)


def _file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _prove(new: Configuration, config: Path) -> None:
    """Read what was written, and compare what it declares."""
    if not same_plans(plan_site(load_configuration(config, new.settings)), plan_site(new)):
        raise PhoenixError(
            "The converted files do not declare the same as the old ones",
            where=str(config),
            expected="the same plan; this is a mistake of ours",
            next_step=f"compare `phoenix render` of {config} and of {new.folder}, and tell us",
        )
