"""Volumes that no declared stack has any more: listed, and never deleted."""

from __future__ import annotations

from collections.abc import Iterator

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.errors import PhoenixError
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations.clients_of_run import ClientsOfRun, PortainerAccess
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.stacks.leaving.orphaned_volumes import environments_in_use, orphaned
from phoenix_providers.program.site import server_of


def left_volumes(engine: Engine) -> Iterator[str]:
    """Yield one line for each environment that has some, or whose engine does not answer."""
    raw = engine.settings_in_clear()
    settings = Settings.from_raw(raw).resolve(engine.project)
    configuration = load_configuration(settings.config_folder, settings)
    plan = plan_site(configuration)
    access = ClientsOfRun(settings, Credentials.from_raw(raw)).portainer(server_of(configuration.site, settings))
    try:
        numbers = {environment.name: environment.id for environment in access.environments.all()}
        stacks = [(stack.environment_id, stack.name) for stack in access.stacks.all()]
    except PhoenixError as error:
        yield f"warning: volumes were not looked at: {error.explanation.what}"
        return
    ours = environments_in_use(configuration)
    for environment in plan.environments:
        number = numbers.get(environment.name)
        if number is None:
            continue
        present = {name for one, name in stacks if one == number}
        present |= {stack.project for stack in plan.stacks if stack.vmid == environment.vmid}
        yield from _of_one(access, number, f"{environment.vm_name} ({environment.vmid})", present, ours)


def _of_one(access: PortainerAccess, number: int, where: str, present: set[str], ours: frozenset[str]) -> Iterator[str]:
    try:
        volumes = [(volume.name, volume.project) for volume in access.docker(number).volumes()]
    except PhoenixError as error:
        yield f"warning: volumes on {where} were not looked at: {error.explanation.what}"
        return
    if found := orphaned(volumes, present, ours):
        yield f"on {where}, of stacks that are gone; nothing deletes them: {', '.join(found)}"
