"""`phoenix init [FOLDER] --stack DIR`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shlex import quote

from phoenix_providers.cli.project.offline_plan import offline_settings
from phoenix_providers.cli.project.root import project_root
from phoenix_providers.cli.project.settings import project_settings
from phoenix_providers.cli.stack_import.carrying import Carrier
from phoenix_providers.cli.stack_import.checking import is_said_already, problems_of
from phoenix_providers.cli.stack_import.kinds import check_kinds
from phoenix_providers.cli.stack_import.places import Places
from phoenix_providers.cli.stack_import.project import ComposeProject, read_project
from phoenix_providers.cli.stack_import.project_files import MEND_IT, read_text
from phoenix_providers.cli.stack_import.remarks import Remarks
from phoenix_providers.cli.stack_import.rewriting import rewritten, without_doubt
from phoenix_providers.errors import UsageError
from phoenix_providers.models.files.new_spelling import manifest_text
from phoenix_providers.models.problem import Severity
from phoenix_providers.planning.names import normalised


@dataclass(frozen=True)
class _Target:
    """Where the stack's folder is made: `config` is None outside a site."""

    folder: Path
    config: Path | None
    environment: str


def make_stack(source: Path, folder: Path | None, on_vm: PurePosixPath | None) -> Iterator[str]:
    """Make a stack's folder out of a compose project; yield what there is to say.

    Raises:
        UsageError: There is no project, or the folder is not empty; nothing has been written.
    """
    if on_vm is not None and not on_vm.is_absolute():
        raise UsageError(
            "--on-vm is no absolute path",
            seen=str(on_vm),
            expected="the place of the whole folder on the VM, such as /opt/app",
            next_step=f"phoenix init FOLDER --stack {quote(str(source))} --on-vm /opt/app",
        )
    target = _target(source, folder)
    if target.folder.exists() and (not target.folder.is_dir() or any(target.folder.iterdir())):
        raise UsageError(
            "This folder is not empty, and nothing of yours is overwritten",
            where=str(target.folder),
            expected="a new or an empty folder",
            next_step=f"phoenix init FOLDER --stack {quote(str(source))}",
        )
    remarks, places = Remarks(), Places()
    project = read_project(source, remarks)
    if "services" not in project.tree.value or not project.tree.value["services"].is_map:
        raise UsageError(
            "The compose project has no services",
            where=str(project.files[0]),
            seen="none",
            expected="some",
            next_step=MEND_IT,
        )
    check_kinds(project.tree, places)
    carrier = Carrier(project, target.folder.name, on_vm, places, remarks)
    tree = carrier.carried()
    text = rewritten(project.document, read_text(project.files[0]), tree.written)
    manifest = manifest_text(carrier.parts.manifest(target.environment))
    _write(target.folder, text, manifest, carrier.parts.contents)
    yield from _summary(source, target, project, carrier, remarks)


def _target(source: Path, folder: Path | None) -> _Target:
    root = project_root(folder.parent if folder else Path.cwd())
    config = None
    environment = "production"
    if root is not None:
        settings = offline_settings(root / "config", ())
        config, environment = root / _config_folder(root), settings.environment
    if folder is None:
        if config is None:
            raise UsageError(
                "No site is around this folder, so it is not clear where the stack belongs",
                where=str(Path.cwd()),
                seen="no Pulumi.yaml here or above",
                expected="the folder of a site, or a folder for the stack",
                next_step=f"phoenix init FOLDER --stack {quote(str(source))}",
            )
        name = normalised(source.resolve().name.replace(" ", "-").replace(".", "-")).strip("-_") or "stack"
        folder = _stacks(config) / name
    return _Target(Path(os.path.relpath(folder)) if not folder.is_absolute() else folder, config, environment)


def _config_folder(root: Path) -> str:
    return project_settings(root / "config").get("configDir") or "config"


def _stacks(config: Path) -> Path:
    beside = config.parent / "stacks"
    if config.name == "etc" and beside.is_dir() and not (config / "stacks").is_dir():
        return beside
    return config / "stacks"


def _write(folder: Path, text: str, manifest: str, contents: dict[str, bytes]) -> None:
    """Make the folder whole, or not at all."""
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(parents=True)
    for name, content in contents.items():
        path = unfinished / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (unfinished / "docker-compose.yml").write_text(text, encoding="utf-8", newline="")
    (unfinished / "phoenix.yaml").write_text(manifest, encoding="utf-8", newline="")
    if folder.exists():
        folder.rmdir()
    unfinished.rename(folder)


def _summary(
    source: Path, target: _Target, project: ComposeProject, carrier: Carrier, remarks: Remarks
) -> Iterator[str]:
    folder = target.folder
    others = f" ({', '.join(file.name for file in project.files)})" if len(project.files) > 1 else ""
    yield f"{folder} is made out of {source}{others}; {source} stays as it is."
    if remarks.told:
        yield "Changed on the way:"
        yield from (remark.text() for remark in remarks.told)
    yield from _project_name(folder, target, project, carrier)
    yield from _secrets(carrier)
    if remarks.left:
        yield "Not carried, and yours to do:"
        yield from (remark.text() for remark in remarks.left)
    problems = problems_of(folder, target.environment)
    if any(not is_said_already(problem) for problem in problems):
        yield "What Phoenix Sync says of the result:"
        for problem in problems:
            if not is_said_already(problem):
                yield _indented(f"{problem.severity}: {problem.explanation().text()}")
    blocked = any(problem.severity is Severity.ERROR and not problem.routes_only for problem in problems)
    yield "Next:"
    if blocked:
        yield "  mend what is named above; until then this stack alone is blocked"
    name = folder.name
    listed = f"docker_stacks: [{without_doubt(name)}]"
    if target.config is not None and folder.resolve().parent == _stacks(target.config).resolve():
        yield f"  in {target.config / 'vms.yaml'}, at the VM that shall run it:  {listed}"
    else:
        yield f"  move the folder to stacks/{name} of a site"
        yield f"  in its vms.yaml, at the VM that shall run it:  {listed}"
    yield "  pulumi preview"


def _secrets(carrier: Carrier) -> Iterator[str]:
    if carrier.parts.secrets:
        yield "Set these secrets of the Pulumi stack; each command asks for its value, or reads it from its file:"
    for secret in carrier.parts.secrets.values():
        # Pulumi takes one line end off what it reads.
        value = f"(cat {quote(secret.file)}; echo) | " if secret.file else ""
        yield f"  {value}pulumi config set --secret --path 'phoenix:secrets.{secret.name}'   # {secret.place}"
        yield from (f"    ({note})" for note in secret.notes)


def _project_name(folder: Path, target: _Target, project: ComposeProject, carrier: Carrier) -> Iterator[str]:
    new = normalised(f"{folder.name}-{target.environment}")
    if not project.name or new == project.name:
        return
    yield f"The project was {project.name}, and is {new} at Portainer."
    if carrier.volumes:
        yield "  Its volumes keep their names, and so their data, on the VM where they are:"
        yield from (f"    {key}: {name}" for key, name in carrier.volumes.items())
        yield "  (`name:` below `volumes:` of the new compose file. On another VM they begin empty.)"
    yield "  Where it runs today, stop it before the first run, since it holds ports and names; -v would delete data:"
    yield f"    docker compose -p {quote(project.name)} down"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
