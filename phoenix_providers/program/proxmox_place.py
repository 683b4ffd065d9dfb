"""Places on Proxmox: guards before everything, and behind each place's resources what puts it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pulumi

from phoenix_providers.planning.firewall.probing import Probing
from phoenix_providers.planning.proxmox.api_words import wanted_by_scope
from phoenix_providers.planning.proxmox.guest_resources import leaving_guests, recorded_numbers, surplus_names
from phoenix_providers.planning.proxmox.wanted_place import WantedFirewall, WantedPlace
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.site.unknown_stacks import kept_fields, kept_options
from phoenix_providers.program.firewall_question import question
from phoenix_providers.program.site import Site, after, as_before
from phoenix_providers.program.tree import CORE_INFRASTRUCTURE, place
from phoenix_providers.resources.firewall_check import FirewallCheck
from phoenix_providers.resources.firewall_watch import FirewallWatch
from phoenix_providers.resources.guest_presence import GuestPresence
from phoenix_providers.resources.restoration import Restoration
from phoenix_providers.resources.take_over_guard import TakeOverGuard


class Place:
    """Collects the resources of one place.

    Args:
        site: What the run is about.
        scope: The place.
        wanted: What is declared there.
        guard: Its own guard; None in a scoped run that does not declare it.
        before: What all its resources come after.
    """

    def __init__(
        self,
        site: Site,
        scope: ProxmoxScope,
        wanted: WantedPlace,
        guard: TakeOverGuard | None,
        before: list[pulumi.Resource],
    ) -> None:
        self.scope = scope
        self.wanted = wanted
        self._ours = [name.partition("@")[0] for name in scope.managed(wanted.files)]
        self._site = site
        self._guard = guard
        self._before = before
        self._inside = site.tree.inside(place(scope))
        self._own: list[pulumi.Resource] = []

    def behind_guards(self) -> pulumi.ResourceOptions:
        """Say that something comes after gates and guards."""
        return after(self._before, self._inside)

    def behind_own(self, others: Iterable[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """Say that something comes after everything that the place has so far, and after `others`."""
        return after([*self._own, *others] or self._before, self._inside)

    def add(self, resource: pulumi.Resource) -> None:
        """Take one of the place's own resources."""
        self._own.append(resource)

    def last(self, others: Sequence[pulumi.Resource] = ()) -> list[pulumi.Resource]:
        """Return who comes last: what puts things back, behind all of the place and `others`; else all of these."""
        name = f"restoration@{self.scope.suffix}"
        if self._guard is None or not self._site.declares(name):
            return [*self._own, *others]
        restoration = Restoration(
            name,
            proxmox=self._site.proxmox,
            scope=self.scope,
            ours=self._ours,
            found=self._guard.found,
            options=self.wanted.options if isinstance(self.wanted, WantedFirewall) else (),
            opts=as_before(self._site, name, self.behind_own(others)),
        )
        return [restoration]


class Places:
    """All places of a site; every guard is declared before any of their resources, so that one refusal stops all.

    Each comes after the one before it, and edges that follow from others are left out: all of them are written anew
    with every step of the engine.

    Attributes:
        guards: Who has to agree at last before anything is written; everybody else has agreed by then.
        check: Refuses what would cut a connection, and knows which are closed; None where that is out of scope.
        watch: Watches every change of the firewall; None where that is switched off or out of scope.
    """

    def __init__(self, site: Site, gates: list[pulumi.Resource]) -> None:
        self._site = site
        self._wanted = wanted_by_scope(site.plan, site.settled)
        self.guards: list[pulumi.Resource] = gates
        if site.declared is None:
            self._tell_leaving()
        if site.declares("guests"):
            self.guards = [self._presence(self.guards)]
        cluster = ProxmoxScope("cluster")
        self._guards = {
            scope: guard
            for scope in self._wanted
            if scope != cluster and (guard := self._guard(scope, self.guards)) is not None
        }
        self.guards = [*self._guards.values()] or self.guards
        # The cluster's guard comes after all others: who waits for it waits for all.
        if (joint := self._guard(cluster, self.guards)) is not None:
            self._guards[cluster] = joint
            self.guards = [joint]
        self.check: FirewallCheck | None = None
        if site.declares("firewall-check"):
            self.check = self._firewall_check(self.guards)
            self.guards = [self.check]
        self.watch: FirewallWatch | None = None
        if site.settings.firewall_confirm and site.declares("firewall-watch"):
            self.watch = self._firewall_watch(self.guards)
            self.guards = [self.watch]

    @property
    def nodes(self) -> list[ProxmoxScope]:
        """Nodes on which something is ours."""
        return [scope for scope in self._wanted if scope.kind == "node"]

    def of(self, scope: ProxmoxScope) -> Place:
        """Return one place."""
        return Place(self._site, scope, self._wanted[scope], self._guards.get(scope), self.guards)

    def _tell_leaving(self) -> None:
        """Name guests that stay, and that nothing of ours filters any more behind this run."""
        leaving = leaving_guests(self._site.recorded, [scope.guest_id for scope in self._wanted])
        for guest in self._site.plan.guests:
            if guest.number in leaving:
                pulumi.log.warn(
                    f"the firewall of the guest {guest.number} ({guest.name}) leaves with this run: its rules are "
                    "deleted, its options become what they were before the first run, and whom those let in gets in\n"
                    f"  at:       {guest.where}"
                )

    def _presence(self, gates: list[pulumi.Resource]) -> GuestPresence:
        site = self._site
        surplus = [name for scope in self._wanted if scope.guest_id for name in surplus_names(site.stored, scope)]
        missing = [
            {"scope": scope.as_input(), "missing": names, "wanted": self._wanted[scope].as_input()}
            for scope in self._wanted
            if (names := self._missing(scope))
        ]
        return GuestPresence(
            "guests",
            proxmox=site.proxmox,
            guests=site.plan.guests,
            known=sorted(recorded_numbers(site.recorded)),
            surplus=surplus,
            missing=missing,
            opts=after(gates, site.tree.inside(CORE_INFRASTRUCTURE)),
        )

    def _missing(self, scope: ProxmoxScope) -> list[str]:
        """Return the names of a place's resources that this run would create over what nobody has taken over."""
        names = scope.first_written(self._wanted[scope].files, self._site.recorded)
        return sorted(name for name in names if self._site.declares(name))

    def _guard(self, scope: ProxmoxScope, before: list[pulumi.Resource]) -> TakeOverGuard | None:
        site, name = self._site, f"takeover@{scope.suffix}"
        if not site.declares(name):
            return None
        return TakeOverGuard(
            name,
            proxmox=site.proxmox,
            scope=scope,
            missing=self._missing(scope),
            wanted=self._wanted[scope],
            opts=as_before(site, name, after(before, site.tree.inside(place(scope)))),
        )

    def _firewall_check(self, before: list[pulumi.Resource]) -> FirewallCheck:
        return FirewallCheck(
            "firewall-check",
            question=question(self._site),
            opts=after(before, self._site.tree.inside(CORE_INFRASTRUCTURE)),
        )

    def _firewall_watch(self, before: list[pulumi.Resource]) -> FirewallWatch:
        plan = self._site.plan
        # Where rules stay as they are in this run, there is nothing to watch.
        changing = {
            scope: one.without_options(kept_options(plan, scope))
            for scope, one in self._wanted.items()
            if isinstance(one, WantedFirewall) and "rules" not in kept_fields(plan, scope)
        }
        return FirewallWatch(
            "firewall-watch",
            proxmox=self._site.proxmox,
            wanted=changing,
            probing=probing(self._site),
            confirmed=self._site.confirmed_change,
            names=plan.firewall.names,
            opts=after(before, self._site.tree.inside(CORE_INFRASTRUCTURE)),
        )


def probing(site: Site) -> Probing:
    """Return what is needed to try connections out."""
    return Probing(
        connections=site.plan.connections,
        portainer=site.server,
        environments={f"agent@{one.vmid}": one.name for one in site.plan.environments if one.role == "agent"},
        sync_address=site.settings.sync_address or "",
    )
