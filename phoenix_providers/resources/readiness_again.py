"""The gate behind the firewall: what it kept out, and this run has opened, is ready now, or nothing else runs."""

from __future__ import annotations

import sys

import pulumi

from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import DiffResult, Properties, without_provider_key
from phoenix_providers.resources.state_only_provider import StateOnlyProvider


class ReadinessAgainProvider(StateOnlyProvider):
    """Has work to do exactly when the first gate has let something through.

    That is known in this process only: where a run was cut in between, the first gate of the next one looks anew.
    """

    own_id = "readiness-again"

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """Ask the first gate."""
        return DiffResult(changes=_is_awaited())

    def settled(self, _olds: Properties, news: Properties) -> Properties:
        """Wait, if there is something to wait for."""
        _wait(news)
        return without_provider_key(news)


class ReadinessAgain(PhoenixResource, module="phoenix", name="ReadinessAgain"):
    """Comes behind the firewall, and before everything that needs the products.

    Args:
        name: Resource name.
        addresses: The products, as the first gate has them.
        opts: Options for the engine.
    """

    def __init__(self, name: str, addresses: ProductAddresses, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(ReadinessAgainProvider(), name, addresses.as_input(), opts)


def _is_awaited() -> bool:
    return any(one.is_given_back for one in clients_of_run.current().notes.closed.values())


def _wait(props: Properties) -> None:
    from phoenix_providers.operations.readiness import prepare, wait_until_ready

    if _is_awaited():
        say = "the firewall is open now; waiting until what it kept out is ready"
        print(say, file=sys.stderr)
        wait_until_ready(
            clients_of_run.current(),
            ProductAddresses.from_input(props),
            lambda line: print(line, file=sys.stderr),
            prepare,
            behind_firewall=True,
        )
