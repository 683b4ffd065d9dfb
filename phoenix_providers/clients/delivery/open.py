"""From a target, as settings and site file name it, to a delivery."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from phoenix_providers.clients.delivery.directory import DirectoryDelivery
from phoenix_providers.clients.delivery.target import TRAEFIK, Delivery
from phoenix_providers.errors import ConfigurationError, Explanation
from phoenix_providers.models.consumer import Consumer

if TYPE_CHECKING:
    from phoenix_providers.clients.delivery.ssh_connection import SshTrust

_FORMS = "a directory, ssh://USER@HOST[:PORT]/DIRECTORY, or pct://USER@PROXMOX-HOST[:PORT]/CTID/DIRECTORY"


def open_delivery(
    target: str, *, timeout: float, trust: SshTrust | None = None, consumer: Consumer = TRAEFIK
) -> Delivery:
    """Return the delivery for a target; nothing is connected yet.

    Raises:
        ConfigurationError: The target is of no known form.
    """
    if "://" not in target:
        return DirectoryDelivery(Path(target), consumer)
    return _open_remote(target, timeout, trust, consumer)


def end_over_ssh(host: str, port: int) -> tuple[str, int]:
    """Return where a connection to a host over SSH really goes; empty if it goes through another one."""
    from phoenix_providers.clients.delivery.ssh_connection import end_of

    return end_of(host, port)


def _open_remote(target: str, timeout: float, trust: SshTrust | None, consumer: Consumer) -> Delivery:
    # Every process of a run would load the SSH library, which takes long; most sites need none.
    from phoenix_providers.clients.delivery.pct import PctDelivery
    from phoenix_providers.clients.delivery.ssh import SshDelivery
    from phoenix_providers.clients.delivery.ssh_connection import SshAddress, SshHost

    parts = _parts(target, consumer)
    if not parts.hostname or not parts.username or parts.password or parts.query or parts.fragment:
        raise _unknown(target, consumer)
    address = SshAddress(unquote(parts.username), parts.hostname, parts.port)
    host = SshHost(address, timeout=timeout, trust=trust)
    path = PurePosixPath(unquote(parts.path))
    if parts.scheme == "ssh" and len(path.parts) > 1:
        return SshDelivery(host, path, consumer)
    if parts.scheme == "pct" and len(path.parts) > 2 and path.parts[1].isdigit():
        return PctDelivery(host, int(path.parts[1]), PurePosixPath("/", *path.parts[2:]), consumer)
    raise _unknown(target, consumer)


def _parts(target: str, consumer: Consumer) -> SplitResult:
    try:
        parts = urlsplit(target)
        _ = parts.port
    except ValueError:
        raise _unknown(target, consumer) from None
    return parts


def _unknown(target: str, consumer: Consumer) -> ConfigurationError:
    # A password in the target is refused; it must not come back in the message either.
    shown = target if "@" not in target else f"{target.partition('://')[0]}://…@{target.rpartition('@')[2]}"
    return ConfigurationError(
        f"{consumer.name}'s {consumer.folder} cannot be used",
        (
            Explanation(
                "It is of no known form",
                seen=shown,
                expected=_FORMS,
                next_step=consumer.places,
            ),
        ),
    )
