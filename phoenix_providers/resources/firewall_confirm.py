"""After a change of the firewall: what worked before has to work, or the change is taken back."""

from __future__ import annotations

import sys

import pulumi

from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.firewall.probing import Probing
from phoenix_providers.planning.firewall.snapshot import FirewallSnapshot
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import DiffResult, Properties, differs, without_provider_key
from phoenix_providers.resources.state_only_provider import StateOnlyProvider


class FirewallConfirmProvider(StateOnlyProvider):
    """Has work to do whenever a change was watched; a change that was taken back stays unconfirmed."""

    own_id = "firewall-confirm"
    # The watch has them in the state.
    of_one_run = ("memory", "probing")
    stored_as_text = ("memory",)
    unshown = ("change",)

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare the last change with the last that was confirmed."""
        return DiffResult(changes=differs(olds, news, ("change",)))

    def settled(self, _olds: Properties, news: Properties) -> Properties:
        """Confirm the change."""
        _confirm(news)
        return without_provider_key(news)


class FirewallConfirm(PhoenixResource, module="phoenix", name="FirewallConfirm"):
    """Comes after all rules and options, and before everything that needs them.

    Args:
        name: Resource name.
        proxmox: The API's URL.
        probing: What is needed to try connections out, see `ConnectionProbes`.
        change: The change that the watch has seen coming.
        memory: How things were before it.
        opts: Options for the engine.
    """

    def __init__(
        self,
        name: str,
        *,
        proxmox: str,
        probing: Probing,
        change: pulumi.Input[str],
        memory: pulumi.Input[Properties],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "proxmox": proxmox,
            "probing": probing.as_input(),
            "change": change,
            "memory": memory,
        }
        super().__init__(FirewallConfirmProvider(), name, inputs, opts)


def _confirm(props: Properties) -> None:
    from phoenix_providers.operations.proxmox.connection_probes import ConnectionProbes
    from phoenix_providers.operations.proxmox.reverting import Confirmation

    current, url = clients_of_run.current(), str(props["proxmox"])
    try:
        Confirmation(
            current,
            url,
            before=FirewallSnapshot.from_output(props["memory"]),
            probes=ConnectionProbes(current, url, Probing.from_input(props["probing"])),
            say=lambda line: print(line, file=sys.stderr),
        ).settle()
    finally:
        current.let_go(url)
