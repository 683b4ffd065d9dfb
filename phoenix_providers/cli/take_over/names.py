"""Taking over aliases, sets and groups that Proxmox has with other content than the site file declares."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import click

from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import UnsafeError
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.firewall.names.adoption import NameAdoption, declared_as, name_adoptions
from phoenix_providers.planning.firewall.names.content import named
from phoenix_providers.planning.firewall_name import FirewallName


def names_with_more(
    configuration: Configuration, names: Iterable[FirewallName], recorded: Collection[str], settings: ProxmoxSettings
) -> Sequence[NameAdoption]:
    """Return the declared names that are not in the state, and of which a first write would lose something."""
    new = [one for one in names if one.resource_name not in recorded]
    return name_adoptions(configuration, [(one, _live(settings, one)) for one in new])


def show_names(found: Iterable[NameAdoption], *, drop_foreign: bool) -> None:
    """Say what is there. No import brings a name into the state, so nothing of it is dropped by a run either."""
    fate = "is in the way, and to be taken away on Proxmox" if drop_foreign else "is kept"
    for item in found:
        for line in item.lost:
            click.echo(f"  {item.name.title} has more {fate}: {line}")


def refuse_other_content(configuration: Configuration, found: Iterable[NameAdoption]) -> None:
    """Refuse what no addition to the site file would keep.

    Raises:
        UnsafeError: One of two has to be chosen.
    """
    lines = [
        f"{configuration.locate(*declared_as(configuration, item.name))}, {item.name.title}: {line}"
        for item in found
        if not item.edits
        for line in item.lost
    ]
    if lines:
        raise UnsafeError(
            "Some names stand for something else on Proxmox, and only one of both can be",
            seen="\n            ".join(lines),
            expected="the same in the site file and on Proxmox",
            next_step="write there what Proxmox has, or change it on Proxmox; then phoenix adopt",
        )


def _live(settings: ProxmoxSettings, one: FirewallName) -> FirewallName | None:
    found = settings.names.comment_and_entries(one.kind, one.name)
    return None if found is None else named(one.kind, one.name, *found)
