"""Products that do not answer because Proxmox's firewall keeps us out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeGuard

from phoenix_providers.errors import PhoenixError, ProductError, UnreachableError
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.operations.proxmox.firewall_outlook import Outlook, look_ahead
from phoenix_providers.planning.dns.backends.table import targets
from phoenix_providers.planning.firewall.connections.product_connections import OF_PRODUCTS
from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.firewall.lockout.lockout import closed, closed_now, is_given_back
from phoenix_providers.planning.firewall.lockout.missing_rules import missing_rules, opening_steps
from phoenix_providers.planning.firewall.lockout.remedy import decided_by
from phoenix_providers.planning.firewall.question import FirewallQuestion

# By the name of the check.
_CONNECTIONS = {**OF_PRODUCTS, **{one.check: one.connection for one in targets()}}


@dataclass(frozen=True)
class ClosedProduct:
    """One product that is silent, and whose silence the firewall explains.

    Attributes:
        error: What the check said.
        now: What keeps it out now.
        lasting: What will keep it out once all is as declared, as far as that is known; else the same.
        is_given_back: Whether what is declared opens it; None while it is not known what that is.
        places: Where rules stand, see `SitePlan`.
    """

    error: UnreachableError
    now: tuple[Cut, ...]
    lasting: tuple[Cut, ...]
    is_given_back: bool | None
    places: Mapping[str, str]

    @property
    def line(self) -> str:
        """What a run says whose files open it; true as well if something else stops that run."""
        explanation = self.error.explanation
        why = [
            f"closed by {decided_by(cut, self.places)}" if cut.by else missing_rules([cut], self.places)[0]
            for cut in self.now
        ]
        opens = f"closed by the firewall now; what the files declare opens it ({'; '.join(why)})"
        return f"{explanation.what} ({explanation.where}): {opens}"

    @property
    def told(self) -> UnreachableError:
        """The same error, with what is missing."""
        explanation = self.error.explanation
        closing = ", and ".join(decided_by(cut, self.places) for cut in self.lasting)
        # A rule for a wrong port opens the way to nobody.
        address = [line.strip() for line in explanation.next_step.splitlines() if "correct the address" in line]
        steps = [*opening_steps(self.lasting, self.places), "then run the same command again", *address]
        return UnreachableError(
            explanation.what,
            where=explanation.where,
            seen=f"{explanation.seen}; Proxmox's firewall keeps it out, by {closing}",
            expected="\n            ".join(missing_rules(self.lasting, self.places)),
            next_step="\n            ".join(steps),
        )


def closed_products(
    connections: ClientsOfRun, addresses: ProductAddresses, failures: Mapping[str, PhoenixError]
) -> dict[str, ClosedProduct]:
    """Return which of the failed checks the firewall explains, by the check's name.

    None while Proxmox itself does not answer, or refuses to tell: nothing is guessed.

    Args:
        connections: Clients of this process, with what this run declares, once that is known.
        addresses: The products, as the gate has them.
        failures: What failed, by the check's name.
    """
    silent = {name: error for name, error in failures.items() if name in _CONNECTIONS and _is_silence(error)}
    asked = connections.notes.declared_firewall or addresses.firewall
    if not silent or asked is None or not addresses.proxmox or "proxmox" in failures:
        return {}
    question = replace(asked, proxmox=addresses.proxmox)
    try:
        ahead = look_ahead(connections.proxmox(addresses.proxmox).settings, question)
    except ProductError:
        return {}
    found = {name: _closed(ahead, _CONNECTIONS[name], error, question) for name, error in silent.items()}
    return {name: one for name, one in found.items() if one is not None}


def _closed(ahead: Outlook, name: str, error: UnreachableError, question: FirewallQuestion) -> ClosedProduct | None:
    connection = next((one for one in ahead.needed if one.name == name), None)
    if connection is None:
        return None
    node = ahead.judge_of(connection)
    now, places = ahead.firewalls[node], question.places
    cuts = closed_now(now, connection)
    if not cuts:
        return None
    if question.wanted is None:
        return ClosedProduct(error, cuts, cuts, is_given_back=None, places=places)
    wanted = ahead.wanted(node)
    lasting = closed(now, wanted, [connection], ()) or cuts
    return ClosedProduct(error, cuts, lasting, is_given_back(now, wanted, connection), places)


def _is_silence(error: PhoenixError) -> TypeGuard[UnreachableError]:
    """Whether no connection came about; a product that answers, if only with a failure, is not kept out."""
    return isinstance(error, UnreachableError) and error.status is None
