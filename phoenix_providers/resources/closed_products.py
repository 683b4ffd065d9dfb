"""Products that do not answer because Proxmox's firewall keeps us out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.errors import PhoenixError, ProductError, UnreachableError
from phoenix_providers.planning.lockout import closed_now, is_given_back
from phoenix_providers.planning.missing_rules import missing_rules
from phoenix_providers.planning.product_connections import OF_PRODUCTS
from phoenix_providers.resources.connections import Connections
from phoenix_providers.resources.firewall_outlook import Outlook, look_ahead


@dataclass(frozen=True)
class ClosedProduct:
    """One product that is silent, and whose silence the firewall explains.

    Attributes:
        error: What the check said.
        rules: What would open it now, each with where it belongs.
        is_given_back: Whether this run opens it; None while it is not known what this run declares.
    """

    error: PhoenixError
    rules: tuple[str, ...]
    is_given_back: bool | None

    @property
    def line(self) -> str:
        """What a run says that opens it."""
        explanation = self.error.explanation
        rules = "; ".join(self.rules)
        return f"{explanation.what} ({explanation.where}): closed by the firewall now; this run opens it ({rules})"

    @property
    def told(self) -> UnreachableError:
        """The same error, with what is missing."""
        explanation = self.error.explanation
        return UnreachableError(
            explanation.what,
            where=explanation.where,
            seen=f"{explanation.seen}; Proxmox's firewall keeps it out",
            expected="\n            ".join(self.rules),
            next_step="write the rule into the files, or on Proxmox, and run the same command again",
        )


def closed_products(
    connections: Connections, addresses: Mapping[str, Any], failures: Mapping[str, PhoenixError]
) -> dict[str, ClosedProduct]:
    """Return which of the failed checks the firewall explains, by the check's name.

    None while Proxmox itself does not answer, or refuses to tell: nothing is guessed.

    Args:
        connections: Clients of this process, with what this run declares, once that is known.
        addresses: Inputs of the gate.
        failures: What failed, by the check's name.
    """
    silent = {name: error for name, error in failures.items() if name in OF_PRODUCTS and _is_silence(error)}
    asked = connections.declared_firewall or addresses.get("firewall")
    if not silent or not asked or not addresses.get("proxmox") or "proxmox" in failures:
        return {}
    url = str(addresses["proxmox"])
    question = {"guests": addresses.get("guests"), **asked, "proxmox": url}
    try:
        ahead = look_ahead(connections.proxmox(url).settings, question)
    except ProductError:
        return {}
    found = {name: _closed(ahead, OF_PRODUCTS[name], error, question) for name, error in silent.items()}
    return {name: one for name, one in found.items() if one is not None}


def _closed(ahead: Outlook, name: str, error: PhoenixError, question: Mapping[str, Any]) -> ClosedProduct | None:
    connection = next((one for one in ahead.needed if one.name == name), None)
    if connection is None:
        return None
    node = ahead.judge_of(connection)
    cuts = closed_now(ahead.walls[node], connection)
    if not cuts:
        return None
    rules = tuple(missing_rules(cuts, question.get("places") or {}))
    known = "wanted" in question
    return ClosedProduct(
        error, rules, is_given_back(ahead.walls[node], ahead.wanted(node), connection) if known else None
    )


def _is_silence(error: PhoenixError) -> bool:
    """Whether no connection came about; a product that answers, if only with a failure, is not kept out."""
    return isinstance(error, UnreachableError) and error.status is None
