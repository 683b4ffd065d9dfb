"""Before anything is sent: names that mean nothing to Proxmox, and names under which it has something else."""

from __future__ import annotations

from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import ConfigurationError
from phoenix_providers.operations.proxmox.lost_names import refused_loss
from phoenix_providers.planning.firewall.lockout.evaluation import FirewallState
from phoenix_providers.planning.firewall.names.content import lost_by
from phoenix_providers.planning.firewall.names.unknown_names import KnownNames, unknown_names, uses_sdn
from phoenix_providers.planning.firewall.names.uses import is_name
from phoenix_providers.planning.firewall.names.while_changing import become, found, groups_become
from phoenix_providers.planning.firewall.names_asked import NamesAsked
from phoenix_providers.planning.firewall.question import FirewallQuestion
from phoenix_providers.planning.firewall_name import FirewallName

# Told by the program anew in every run, and of no use afterwards.
PASSING = ("uses", "new")


def guests_with_names(names: NamesAsked) -> frozenset[int]:
    """Return the guests whose declared rules use names, which may be their own."""
    return frozenset(use.guest for use in names.uses if any(map(is_name, use.addresses)))


def refuse_names(question: FirewallQuestion, settings: ProxmoxSettings, now: FirewallState) -> None:
    """Refuse what would overwrite something, and what Proxmox would refuse.

    Raises:
        UnsafeError: Somebody else has chosen what stands under a name that would be written first.
        ConfigurationError: A name is unknown.
    """
    names = question.names
    declared, uses, leaving = names.declared, names.uses, names.leaving
    losses = [(one, lost) for one in declared if one.resource_name in names.new and (lost := _lost(one, now))]
    if losses:
        raise refused_loss(question.proxmox, losses)
    networks = become(now.names, declared, leaving)
    known = KnownNames(
        networks,
        groups_become(now.groups, declared, leaving).keys(),
        settings.names.sdn_sets() if uses_sdn(uses, networks) else (),
        settings.names.macros() if any(use.macro for use in uses) else (),
    )
    if problems := unknown_names(uses, known):
        raise ConfigurationError("Proxmox would refuse what the files say; nothing was sent", problems)


def _lost(one: FirewallName, now: FirewallState) -> tuple[str, ...]:
    return lost_by(found(one, now.names, now.groups), one)
