"""What our own checks say of a stack's folder that no VM lists yet."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from phoenix_providers.cli.project.offline_plan import with_secrets_set
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site

_SITE = "domain_name: home.lan\nnetwork: {interfaces: {address: 10.0.0.1/24}}\n"
_LXCS = "lxc_configs: {2: {name: traefik, network_config: {ip: 10.0.0.2/24}}}\n"
_VMS = (
    "vms:\n  - {vmid: 3, name: vm, network_config: {ip: 10.0.0.3/24}, portainer_role: agent, "
    "portainer_environment_name: vm, docker_stacks: [NAME]}\n"
)
_OFFLINE = ("is taken for set", "gets no DNS record")
_SAID_ALREADY = ("is built from source", "which would mean a folder on the Portainer side", "is a relative file")


def problems_of(folder: Path, environment: str) -> tuple[Problem, ...]:
    """Return every problem of the folder, as if a VM of some site ran it."""
    with tempfile.TemporaryDirectory() as temporary:
        config = Path(temporary).resolve() / "config"
        stack = config / "stacks" / folder.name
        shutil.copytree(folder, stack)
        (config / "site.yaml").write_text(_SITE)
        (config / "lxcs.yaml").write_text(_LXCS)
        (config / "vms.yaml").write_text(_VMS.replace("NAME", f'"{folder.name}"'))
        settings = Settings.model_validate({"environment": environment})
        plan = plan_site(with_secrets_set(load_configuration(config, settings)))
    found = [problem for problem in plan.every_problem if problem.stack == folder.name]
    found = [problem for problem in found if not any(words in problem.message for words in _OFFLINE)]
    found.sort(key=lambda problem: problem.severity is not Severity.ERROR)
    return tuple(_moved(problem, stack, folder) for problem in found)


def is_said_already(problem: Problem) -> bool:
    """Whether the list of what could not be carried says the same, with what to do."""
    return any(words in problem.message for words in _SAID_ALREADY)


def _moved(problem: Problem, stack: Path, folder: Path) -> Problem:
    def said(text: str) -> str:
        return text.replace(str(stack), str(folder))

    place = problem.location
    if place is not None and place.file.is_relative_to(stack):
        place = replace(place, file=folder / place.file.relative_to(stack))
    return replace(
        problem,
        message=said(problem.message),
        location=place,
        seen=said(problem.seen),
        expected=said(problem.expected),
        next_step=said(problem.next_step),
    )
