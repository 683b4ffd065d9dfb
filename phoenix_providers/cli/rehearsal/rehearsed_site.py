"""The user's own site, read without its engine, so that a lab can rehearse a copy of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phoenix_providers.cli.project.root import project_root
from phoenix_providers.cli.project.settings import project_settings
from phoenix_providers.errors import ConfigurationError, UsageError
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.files.reading import read_document
from phoenix_providers.models.raw_settings import NAMESPACE
from phoenix_providers.models.settings import Settings

# What does not say where a product is, nor how to sign in there.
KEPT = (
    "addressOverrides",
    "allowCut",
    "allowDelete",
    "deleteThreshold",
    "entryPoints",
    "environment",
    "firewallPlacement",
    "gateway",
    "node",
    "traefikGuest",
)


@dataclass(frozen=True)
class RehearsedSite:
    """A site whose copy a lab runs.

    Attributes:
        project: The folder with its Pulumi.yaml.
        kept: Settings that hold in the lab as well, as text by key.
        transport: How it calls the servers transport for https back ends.
    """

    project: Path
    configuration: Configuration
    kept: Mapping[str, str]
    transport: str


def rehearsed_site(folder: Path, stack: str | None) -> RehearsedSite:
    """Read the site of the project in which a folder lies; nothing of it is decrypted, and nobody is asked.

    Raises:
        UsageError: There is no project, or several Pulumi stacks and none is named.
        ConfigurationError: The files or settings are wrong.
    """
    project = _project(folder)
    raw = {**project_settings(project / "config"), **_stack_settings(project, stack)}
    kept = {key: raw[key] for key in KEPT if key in raw}
    settings = Settings.from_raw({**kept, **{key: raw[key] for key in ("configDir",) if key in raw}}).resolve(project)
    configuration = load_configuration(settings.config_folder, settings)
    return RehearsedSite(project, configuration, kept, _transport(raw))


def _project(folder: Path) -> Path:
    if root := project_root(folder):
        return root
    raise UsageError(
        "There is no site to rehearse here",
        where=str(folder),
        seen="no Pulumi.yaml, nor in any folder above",
        expected="the folder that `phoenix init` made, or one inside it",
        next_step="phoenix lab up --site FOLDER   (without --site: the example)",
    )


def _stack_settings(project: Path, stack: str | None) -> dict[str, str]:
    files = {file.name.removeprefix("Pulumi.").removesuffix(".yaml"): file for file in project.glob("Pulumi.*.yaml")}
    if stack is None and len(files) > 1:
        raise UsageError(
            "This project has several Pulumi stacks",
            where=str(project),
            seen=", ".join(sorted(files)),
            expected="the one whose settings hold",
            next_step="phoenix lab up --site FOLDER --stack NAME",
        )
    if stack is not None and stack not in files:
        raise UsageError(
            f"The project has no settings of a Pulumi stack {stack}",
            where=str(project / f"Pulumi.{stack}.yaml"),
            seen=", ".join(sorted(files)) or "none",
            next_step="phoenix lab up --site FOLDER --stack NAME",
        )
    file = files.get(stack) if stack else next(iter(files.values()), None)
    if file is None or not file.read_text(encoding="utf-8").strip():
        return {}
    document, problems = read_document(file)
    if document is None:
        raise ConfigurationError(
            "The settings of the Pulumi stack cannot be read.", tuple(problem.explanation() for problem in problems)
        )
    entries = document.data.get("config")
    prefix = f"{NAMESPACE}:"
    return {
        key.removeprefix(prefix): value if isinstance(value, str) else json.dumps(value)
        for key, value in (entries.items() if isinstance(entries, dict) else ())
        if key.startswith(prefix) and not _is_secret(value)
    }


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and "secure" in value


def _transport(raw: Mapping[str, str]) -> str:
    try:
        declared = json.loads(raw.get("serversTransport") or "{}")
    except ValueError:
        declared = {}
    return str(declared.get("name") or "internal-ca") if isinstance(declared, dict) else "internal-ca"
