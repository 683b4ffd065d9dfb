"""What has to be ready before anything is read: what the gate of the last run has asked, as in front of every run."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from phoenix_providers.cli.engine.moved_products import without_moved
from phoenix_providers.cli.imitated_engine.stored_state import StoredResource
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.operations.readiness import wait_until_ready
from phoenix_providers.resources.engine_values import from_engine

_GATE = "readiness"


def wait(stored: Iterable[StoredResource], config: Mapping[str, str], root: Path) -> None:
    """Return when all of it is ready, or when no run has got that far.

    Args:
        stored: The state.
        config: The stack's configuration.
        root: The folder with Pulumi.yaml.

    Raises:
        NotReadyError: With every failed check.
    """
    gate = next((one for one in stored if one.name == _GATE and one.is_custom and not one.is_condemned), None)
    if gate is None:
        return
    clients, addresses = clients_of_run.current(), ProductAddresses.from_input(from_engine(gate.inputs))

    def still_there(failed: Collection[str]) -> ProductAddresses:
        # What has another address by now is asked there, by this run's own gate.
        return without_moved(addresses, failed, clients.settings.resolve(root), config)

    wait_until_ready(clients, addresses, lambda line: print(line, file=sys.stderr), still_there=still_there)
