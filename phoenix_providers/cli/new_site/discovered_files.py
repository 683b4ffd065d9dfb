"""Writing the folder of a discovered site, proven to declare what runs."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from phoenix_providers.cli.new_site.conversion import write_proven
from phoenix_providers.cli.project import site_folder
from phoenix_providers.errors import ConfigurationError, Explanation
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.file_content import FileContent
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.problem import Severity
from phoenix_providers.models.raw_settings import NAMESPACE
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.discovery.discovered_site import DiscoveredSite
from phoenix_providers.planning.discovery.publication import is_routed, not_explained, published_by
from phoenix_providers.planning.discovery.values import shown_by
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.plain_secrets import plain_secrets, with_references
from phoenix_providers.planning.site_plan import StackPlan


@dataclass(frozen=True)
class Written:
    """What has been written.

    Attributes:
        site: Without the stacks that could not be carried.
        secrets: Where each of the secrets is used, by its name.
        problems: Errors of the site that are left to the user.
        otherwise: Where the value of a secret is seen that Portainer shows in another form, by its name.
    """

    site: DiscoveredSite
    secrets: Mapping[str, str]
    problems: tuple[str, ...]
    otherwise: Mapping[str, str] = field(default_factory=dict)


def write_site(site: DiscoveredSite, folder: Path, settings: FileContent) -> Written:
    """Write it beside its place and move it there when it is whole; values of secrets never get there.

    Raises:
        ConfigurationError: What was found makes no site.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    prefix = f"{NAMESPACE}:"
    raw = {key.removeprefix(prefix): _text(value) for key, value in settings.items() if key.startswith(prefix)}
    meant = Settings.from_raw(raw)
    # What was found has values of secrets in clear: not beside the folder, where a killed run would leave them to git.
    with (
        tempfile.TemporaryDirectory() as found,
        tempfile.TemporaryDirectory(prefix=".phoenix-", dir=folder.parent) as temporary,
    ):
        place = Path(temporary)
        read, written = Path(found) / "config", folder / "config"
        try:
            site, configuration = _carried(site, read, meant)
        except ConfigurationError as error:
            reasons = tuple(_elsewhere(reason, read, written) for reason in error.reasons)
            raise ConfigurationError("What was found makes no site; nothing was written", reasons) from None
        secrets = plain_secrets(configuration)
        new = with_references(configuration, secrets)
        # The project is called like its folder.
        made = place / "made" / folder.resolve().name
        made.mkdir(parents=True)
        site_folder.write_project(made, _block(settings))
        write_proven(new, made / "config")
        problems = [problem for problem in plan_site(new).problems if problem.severity is Severity.ERROR]
        if folder.exists():
            folder.rmdir()
        shutil.move(made, folder)
    texts = tuple(_elsewhere(problem.explanation(), read, written).text() for problem in problems)
    uses: dict[str, str] = {}
    otherwise: dict[str, str] = {}
    stacks = {stack.folder: stack for stack in site.stacks}
    for secret in secrets:
        stack = stacks[secret.stack]
        uses.setdefault(secret.name, f"{secret.variable} of the stack {secret.stack}")
        if secret.variable in stack.otherwise:
            otherwise.setdefault(secret.name, shown_by(stack.project, stack.vm_name))
    return Written(site, uses, texts, otherwise)


def _elsewhere(explanation: Explanation, read: Path, written: Path) -> Explanation:
    """Name the files of the new folder, not those from which they were made and which are gone."""
    named = {key: text.replace(str(read), str(written)) for key, text in asdict(explanation).items()}
    return Explanation(**named)


def _carried(site: DiscoveredSite, place: Path, settings: Settings) -> tuple[DiscoveredSite, Configuration]:
    """Read the site back, and leave out the stacks that would not stay what they are."""
    while True:
        shutil.rmtree(place, ignore_errors=True)
        _write_found(site, place)
        configuration = load_configuration(place, settings)
        planned = plan_site(configuration).stacks
        if wrong := _not_as_they_are(site, planned):
            site = site.without(wrong)
            continue
        published = published_by(site.published, planned)
        others = [
            stack.folder
            for stack in site.stacks
            if is_routed(stack) and f"{stack.folder}@{stack.vmid}" not in published.stacks
        ]
        if not others:
            left = (*site.not_carried, *not_explained(published.undeclared))
            return replace(site, not_carried=left), configuration
        site = site.with_labels_of_others(others)


def _not_as_they_are(site: DiscoveredSite, planned: tuple[StackPlan, ...]) -> dict[str, str]:
    """Return, by folder, why a stack would be blocked, or deployed anew."""
    wrong: dict[str, str] = {}
    plans = {(plan.vmid, plan.name): plan for plan in planned}
    for stack in site.stacks:
        plan = plans[stack.vmid, stack.folder]
        if plan.bootstrap:
            continue
        if plan.blocking:
            first = plan.blocking[0]
            wrong[stack.folder] = f"{first.message}" + (f" (seen: {first.seen})" if first.seen else "")
        elif plan.compose != stack.compose or plan.project != stack.project:
            wrong[stack.folder] = "it would not stay what it is"
    return wrong


def _write_found(site: DiscoveredSite, place: Path) -> None:
    for name, data in (("site", site.site), ("vms", {"vms": list(site.vms)}), ("lxcs", {"lxc_configs": site.lxcs})):
        _file(place / f"{name}.yaml").write_text(_yaml(data), encoding="utf-8")
    for stack in site.stacks:
        folder = place / "stacks" / stack.folder
        _file(folder / "docker-compose.yml").write_text(stack.compose, encoding="utf-8", newline="")
        if stack.manifest:
            (folder / "phoenix.yaml").write_text(_yaml(stack.manifest), encoding="utf-8")


def _yaml(data: Any) -> str:
    # Quoted keys of guests' numbers are no trouble to YAML, and JSON keeps every text what it is.
    stream = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.width = 1 << 20
    yaml.dump(json.loads(json.dumps(data)), stream)
    return stream.getvalue()


def _file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _block(settings: FileContent) -> str:
    lines = ["  # As they were found; pulumi config set KEY VALUE says it for one Pulumi stack.\n"]
    for key, value in settings.items():
        shown = {"value": value} if isinstance(value, Mapping) else value
        lines.append(f"  {key}: {json.dumps(shown)}\n")
    return "".join(lines)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
