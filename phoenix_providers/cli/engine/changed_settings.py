"""Whether the stack's settings are others than in the last run.

A plain refresh, which comes before the program, configures the providers as the state has them: with the passwords,
tokens, addresses and limits of the last run. Only a refresh inside the program has the new ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from phoenix_providers.cli.imitated_engine.stored_state import in_clear
from phoenix_providers.models.engine_properties import EngineRecord, StoredProperties

_OURS, _PLUGINS = "pulumi:providers:pulumi-python", "pulumi:providers:proxmoxve"
# The engine's own namespace, of which providers are told nothing.
_ENGINES = "pulumi:"
# What the plugin takes from the environment where the settings do not say it.
_OF_PLUGIN = {"endpoint": "PROXMOX_VE_ENDPOINT", "apiToken": "PROXMOX_VE_API_TOKEN", "insecure": "PROXMOX_VE_INSECURE"}


def has_changed_settings(resources: Iterable[EngineRecord], configuration: Mapping[str, str]) -> bool:
    """Compare the settings with those with which the state's providers were made; none at all is no change.

    Args:
        resources: Those of the state, secrets in clear.
        configuration: The stack's settings in clear, all namespaces.
    """
    present = [item for item in resources if not item.get("delete")]
    given = {key: value for key, value in configuration.items() if not key.startswith(_ENGINES)}
    access = {key: given.get(f"proxmoxve:{key}") or os.environ.get(name) for key, name in _OF_PLUGIN.items()}
    return any(_plain(item) != given for item in present if item.get("type") == _OURS) or any(
        access[key] is not None and stored.get(key, access[key]) != access[key]
        for stored in (_plain(item) for item in present if item.get("type") == _PLUGINS)
        for key in _OF_PLUGIN
    )


def _plain(provider: EngineRecord) -> StoredProperties:
    """Return a provider's settings in clear."""
    found: StoredProperties = in_clear(provider.get("inputs") or {})
    return found
