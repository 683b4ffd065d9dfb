"""The changes that are about one name."""

from __future__ import annotations

from dataclasses import replace

from phoenix_providers.cli.project.planned import Planned
from phoenix_providers.errors import UsageError
from phoenix_providers.planning.findings import nearest
from phoenix_providers.planning.site.changes.change import Change, SiteChanges


def about(found: SiteChanges, name: str, files: Planned) -> SiteChanges:
    """Return the changes of a stack, an environment or a guest.

    Raises:
        UsageError: Nothing of that name is declared or changes.
    """
    chosen = tuple(change for change in found.changes if name.casefold() in _words(change, files))
    if not chosen and name.casefold() not in (known := _known(files)):
        raise UsageError(
            f"Nothing is called {name}",
            seen=name,
            expected=nearest(name.casefold(), known) or "a stack, an environment or a guest",
            next_step="phoenix plan   (without a name it shows all changes)",
        )
    return replace(found, changes=chosen, own_notes=0, others=len(found.changes) - len(chosen))


def _words(change: Change, files: Planned) -> set[str]:
    environments = {one.vmid: one.name for one in files.plan.environments}
    guest = files.configuration.guest_names.get(change.vmid, "")
    words = {change.name, change.owner, str(change.vmid or ""), guest, environments.get(change.vmid, "")}
    return {word.casefold() for word in words if word}


def _known(files: Planned) -> set[str]:
    stacks = {word for one in files.plan.stacks for word in (one.name, one.resource_name)}
    guests = {word for number, name in files.configuration.guest_names.items() for word in (name, str(number))}
    environments = {word for one in files.plan.environments for word in (one.name, one.resource_name)}
    return {word.casefold() for word in stacks | guests | environments}
