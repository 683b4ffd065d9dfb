"""Products that have another address by now than in the last run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from phoenix_providers.errors import PhoenixError
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations.clients_of_run import proxmox_endpoint
from phoenix_providers.operations.product_addresses import ProductAddresses


def without_moved(
    addresses: ProductAddresses, failed: Collection[str], settings: Settings, configuration: Mapping[str, str]
) -> ProductAddresses:
    """Return the addresses less those of failed products that settings and files now have elsewhere.

    Args:
        addresses: Those of the last run.
        failed: Names of the gate's checks that have failed.
        settings: Those of the stack, with absolute paths.
        configuration: The stack's configuration, all namespaces.
    """
    declared = {
        "proxmox": proxmox_endpoint(configuration),
        "traefik_api": settings.traefik_api_url or "",
        "traefik_target": settings.traefik_target or "",
    }
    if "portainer" in failed:
        declared["portainer"] = _portainer(settings) or addresses.url("portainer")
    moved = {name for name in failed if name in declared and declared[name] != addresses.url(name)}
    return replace(
        addresses,
        proxmox=None if "proxmox" in moved else addresses.proxmox,
        portainer=None if "portainer" in moved else addresses.portainer,
        traefik_api=None if "traefik_api" in moved else addresses.traefik_api,
        traefik_target=None if "traefik_target" in moved else addresses.traefik_target,
    )


def _portainer(settings: Settings) -> str:
    """Return the address that the files say; empty where they cannot be read, which the run says itself."""
    from phoenix_providers.models.files.loader import load_configuration
    from phoenix_providers.program.site import server_of

    try:
        return server_of(load_configuration(settings.config_folder, settings).site, settings).url
    except (PhoenixError, OSError):
        return ""
