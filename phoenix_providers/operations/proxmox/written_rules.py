"""Lists of rules that the Proxmox plugin has just written, and that somebody else has changed since."""

from __future__ import annotations

from phoenix_providers.errors import ProductError
from phoenix_providers.planning.proxmox_scope import ProxmoxScope


def changed_since(proxmox: str, scope: ProxmoxScope, seen: str, expected: str) -> ProductError:
    """Return the error of whoever finds a list that is not the one that the plugin has left."""
    return ProductError(
        f"The rules of {scope.title} are others than the Proxmox plugin has just written",
        where=proxmox,
        seen=seen,
        expected=expected,
        next_step="pulumi up; somebody else may be changing them",
    )
