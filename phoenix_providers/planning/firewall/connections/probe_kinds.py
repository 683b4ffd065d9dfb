"""Which of the needed connections can be tried out, and how."""

from __future__ import annotations

from enum import Enum

from phoenix_providers.planning.firewall.connections.product_connections import is_over_ssh, is_to_product
from phoenix_providers.planning.site_plan import Connection


class ProbeKind(Enum):
    """How a connection is tried out, always as a new one."""

    API = "a request to the Proxmox API"
    SSH = "the greeting of the SSH server"
    AGENT = "Portainer is asked to look at the environment"
    DIRECT = "a connection from here"


def way_of(connection: Connection, here: str) -> ProbeKind | None:
    """Return the way; None where nobody who can be asked makes this connection anew.

    Args:
        connection: What is needed.
        here: This machine's address; what comes from it can be tried directly.
    """
    if is_to_product(connection):
        return ProbeKind.SSH if is_over_ssh(connection) else ProbeKind.DIRECT
    kind = connection.name.partition("@")[0]
    if kind == "api" and connection.node:
        # The run has an API of one node only; of the others it is enough that they take the connection.
        return ProbeKind.DIRECT
    if kind in ("api", "ssh", "agent"):
        return {"api": ProbeKind.API, "ssh": ProbeKind.SSH, "agent": ProbeKind.AGENT}[kind]
    # From another address than the one that a rule is about, an answer would prove nothing.
    return ProbeKind.DIRECT if connection.source == here and connection.proto == "tcp" else None
