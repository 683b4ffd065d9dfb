"""Our own resources: their providers are called in this process, as the engine's plugin calls them."""

from __future__ import annotations

import base64
import threading
from dataclasses import replace

import dill  # type: ignore[import-untyped]
from pulumi.dynamic import ResourceProvider

from phoenix_providers.cli.imitated_engine.kind import RefusedError
from phoenix_providers.cli.imitated_engine.steps import Comparison
from phoenix_providers.cli.imitated_engine.stored_state import StoredResource
from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.resources.provider import PROVIDER_KEY, PhoenixProvider, declared_by


class DynamicKind:
    """Calls what the engine would call. Clients of the process have to be configured before."""

    def __init__(self) -> None:
        self._providers: dict[str, ResourceProvider] = {}
        self._lock = threading.Lock()

    def read(self, stored: StoredResource) -> StoredResource | None:
        """Look at the live object; None if it is gone. The engine shows the difference, so it is asked for as well."""
        provider = self._provider(stored.outputs)
        found = provider.read(stored.id, stored.outputs)
        if not found.id:
            return None
        outputs = _with_provider(found.outs or {}, stored.outputs)
        inputs = stored.inputs if found.inputs is None else _with_provider(found.inputs, stored.outputs)
        self._provider(stored.inputs).diff(found.id, outputs, stored.inputs)
        return replace(stored, id=found.id, inputs=inputs, outputs=outputs)

    def check(self, urn: str, old: StoredResource | None, inputs: Properties) -> Properties:
        """Return what is declared as the provider has it.

        Raises:
            RefusedError: It refuses that.
        """
        result = self._provider(inputs).check(old.inputs if old is not None else {}, inputs)
        if result.failures:
            kind, name = urn.split("::")[2].rpartition("$")[2], urn.rpartition("::")[2]
            reasons = [f"{kind} resource '{name}' has a problem: {failure.reason}" for failure in result.failures]
            raise RefusedError("\n".join(reasons))
        return _with_provider(result.inputs, inputs)

    def compare(self, old: StoredResource, inputs: Properties, _ignored: tuple[str, ...]) -> Comparison:
        """Compare what is there with what is declared."""
        found = self._provider(inputs).diff(old.id, old.outputs, inputs)
        return Comparison(found.changes, tuple(found.replaces or ()))

    def declared(self, properties: StoredProperties) -> Properties:
        """Return inputs or outputs as its provider has them, whatever the engine has made of them."""
        provider = self._provider(properties)
        return declared_by(provider, properties) if isinstance(provider, PhoenixProvider) else dict(properties)

    def _provider(self, properties: StoredProperties) -> ResourceProvider:
        written = str(properties[PROVIDER_KEY])
        with self._lock:
            if written not in self._providers:
                # From the user's own state, as the engine's plugin takes it.
                self._providers[written] = dill.loads(base64.b64decode(written))  # noqa: S301
            return self._providers[written]


def _with_provider(properties: StoredProperties, of: StoredProperties) -> Properties:
    return {**properties, PROVIDER_KEY: of[PROVIDER_KEY]}
