"""The gate before everything: Proxmox, Portainer and Traefik answer and accept our credentials."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.errors import NotReadyError, PhoenixError, ProductError
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.planning.dns.backends.table import targets
from phoenix_providers.planning.firewall.question import FirewallQuestion
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    AS_DECLARED,
    DiffResult,
    Properties,
    ReadResult,
    differs,
    has_unknown,
    without_provider_key,
)
from phoenix_providers.resources.state_only_provider import StateOnlyProvider

if TYPE_CHECKING:
    from phoenix_providers.clients.proxmox.api import ProxmoxApi


_INPUTS = (
    *("proxmox", "portainer", "traefik_api", "traefik_target"),
    *(one.check for one in targets()),
    *("firewall", "guests", "privileges_at", "observed"),
)
# One more guest is no work for the gate: every check asks for the privileges that it needs.
_COMPARED = tuple(key for key in _INPUTS if key not in ("guests", "privileges_at"))


class ReadinessGateProvider(StateOnlyProvider):
    """Waits, with a bound. Finding all ready is no change; only a gate that is not ready has work to do."""

    own_id = "readiness"

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Refuse a token that may not do what the run will do, in preview too, if Proxmox answers.

        What the run makes of the firewall is for this process alone; the state has it elsewhere.
        """
        from phoenix_providers.operations.foresight import foresee

        inputs = without_provider_key(news)
        declared = inputs.pop("declared", None)
        if has_unknown(news):
            return CheckResult(inputs, [])
        preview, entry_points = (declared or {}).pop("preview", False), (declared or {}).pop("entry_points", {})
        if declared:
            clients_of_run.current().notes.declared_firewall = _declared(inputs, declared)
        addresses = ProductAddresses.from_input(inputs)
        if addresses.proxmox:
            _require(clients_of_run.current().proxmox(addresses.proxmox), addresses)
            _foretell(addresses, was_ready=olds.get("observed", AS_DECLARED) == AS_DECLARED)
        if preview:
            for line in foresee(clients_of_run.current(), addresses, entry_points):
                print(line, file=sys.stderr)
        return CheckResult(inputs, [])

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Look, and remember what was seen: a refresh reads all resources side by side, so waiting helps nobody.

        What was asked in front of the engine is not asked again.
        """
        from phoenix_providers.operations.asked_ahead import found_ready
        from phoenix_providers.operations.readiness import looked, not_ready, seen_ready

        kept, current = without_provider_key(props), clients_of_run.current()
        addresses = ProductAddresses.from_input(props)
        failures = seen_ready(current, addresses) if found_ready(current.clock) else looked(current, addresses)
        kept["observed"] = str(not_ready(failures)) if failures else AS_DECLARED
        return ReadResult(id_, kept, {key: kept.get(key) for key in _INPUTS})

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Report work only if addresses changed or something was not ready."""
        return DiffResult(changes=differs(olds, news, _COMPARED))

    def settled(self, _olds: Properties, news: Properties) -> Properties:
        """Wait until all is ready."""
        _wait(news, writing=True)
        return without_provider_key(news)


class ReadinessGate(PhoenixResource, module="phoenix", name="ReadinessGate"):
    """Everything else depends on this.

    Args:
        name: Resource name.
        addresses: The products, and what is asked of the firewall about the connections to them.
        entry_points: Who asks for which of Traefik's entry points.
        preview: Whether this is one.
        opts: Options for the engine.
    """

    def __init__(
        self,
        name: str,
        addresses: ProductAddresses,
        entry_points: Mapping[str, Sequence[str]],
        *,
        preview: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        said, asked = addresses.as_input(), addresses.firewall
        inputs = {key: said.get(key) for key in _INPUTS} | {"observed": AS_DECLARED}
        declared = asked.declared() if asked is not None else {}
        inputs["declared"] = {**declared, "preview": preview, "entry_points": dict(entry_points)}
        super().__init__(ReadinessGateProvider(), name, inputs, opts)


def _declared(inputs: Properties, declared: Properties) -> FirewallQuestion | None:
    asked = {**(inputs.get("firewall") or {}), **declared, "proxmox": inputs.get("proxmox") or ""}
    return FirewallQuestion.from_input(asked)


def _require(proxmox: ProxmoxApi, addresses: ProductAddresses) -> None:
    from phoenix_providers.operations.readiness import failed_checks, not_ready

    notes = clients_of_run.current().notes
    was_asked = notes.has_looked_at("proxmox", addresses) and notes.looked_at.privileges_at == addresses.privileges_at
    if was_asked and "proxmox" not in notes.not_ready:
        # The refresh of this run has found just this as it should be.
        return
    try:
        if proxmox.answers():
            proxmox.require_privileges(addresses.privileges_at)
    except ProductError as error:
        # Whatever else is not ready is told in the same message.
        raise not_ready(failed_checks(clients_of_run.current(), addresses) or (error,)) from None


def _foretell(addresses: ProductAddresses, *, was_ready: bool) -> None:
    """Say what the firewall keeps out, as the refresh of this run has found it, and whether this run opens it.

    Where another process has refreshed, with the settings of the last run, what was not ready is looked at again.
    """
    from phoenix_providers.operations.closed_products import closed_products
    from phoenix_providers.operations.readiness import looked

    current = clients_of_run.current()
    if not was_ready and not current.notes.looked_at.names:
        looked(current, addresses)
    closed = {
        name: one.error for name, one in current.notes.closed.items() if current.notes.has_looked_at(name, addresses)
    }
    found = closed_products(current, addresses, closed)
    current.notes.closed = found
    for one in found.values():
        print(one.line if one.is_given_back else f"{NotReadyError.label}: {one.told}", file=sys.stderr)


def _wait(props: Properties, *, writing: bool = False) -> tuple[PhoenixError, ...]:
    """Wait; a fresh Portainer gets its administrator first. If this is only a look, that it has none is returned."""
    from phoenix_providers.operations.readiness import prepare, wait_until_ready

    return wait_until_ready(
        clients_of_run.current(),
        ProductAddresses.from_input(props),
        lambda line: print(line, file=sys.stderr),
        prepare if writing else None,
    )
