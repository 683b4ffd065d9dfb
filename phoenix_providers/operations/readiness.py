"""Asking every product at once whether it is ready, with a bound."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from phoenix_providers.clients.delivery.target import TRAEFIK
from phoenix_providers.clients.portainer.session import PortainerSession, no_administrator_yet
from phoenix_providers.clients.proxmox.api import ProxmoxApi
from phoenix_providers.clock import Deadline
from phoenix_providers.errors import (
    AmbiguousWriteError,
    Explanation,
    MissingFolderError,
    NotReadyError,
    NoUsersYetError,
    PhoenixError,
    ProductError,
    UnauthorizedError,
    UnreachableError,
    UntrustedError,
)
from phoenix_providers.models.consumer import Consumer
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.planning.dns.backends.table import targets

if TYPE_CHECKING:
    from phoenix_providers.operations.closed_products import ClosedProduct

_PAUSE_SECONDS = 2.0
_TRIES = 3
_SEE_OTHER = 303
Check = Callable[[], object]


class MissingSettingError(PhoenixError):
    """A product cannot be asked, since the settings do not say where it is."""


# What no waiting mends.
LASTING = (UnauthorizedError, UntrustedError, MissingFolderError, MissingSettingError)


def wait_until_ready(
    connections: ClientsOfRun,
    addresses: ProductAddresses,
    say: Callable[[str], None],
    before: Callable[[ClientsOfRun, ProductAddresses], None] | None = None,
    *,
    behind_firewall: bool = False,
    still_there: Callable[[Collection[str]], ProductAddresses] | None = None,
) -> tuple[PhoenixError, ...]:
    """Return when all products are ready; `say` gets a line whenever it is worth telling why we wait.

    `before` is called before each round of checks. Credentials that are refused are not waited for. What is returned is
    what the run itself mends: a product that is new, where this is only a look, and one that the firewall keeps out
    and this run opens. `behind_firewall` says that it has been opened by now. `still_there` gets the names of failed
    checks, and returns the addresses that are worth waiting for.

    Raises:
        NotReadyError: With every failed check.
    """
    limit = connections.settings.readiness_timeout
    deadline = Deadline.after(connections.clock, limit)
    told = ""
    while True:
        if before is not None:
            before(connections, addresses)
        found = _look(connections, addresses)
        if found and still_there is not None:
            addresses = still_there(found)
            waited_for = checks_of(connections, addresses)
            found = {name: error for name, error in found.items() if name in waited_for}
        closed = {} if behind_firewall else _closed(connections, addresses, found)
        connections.notes.closed = closed
        mended = {
            name: error
            for name, error in found.items()
            if (before is None and isinstance(error, NoUsersYetError))
            or (name in closed and closed[name].is_given_back is not False)
        }
        failures = {name: error for name, error in found.items() if name not in mended}
        if not failures:
            set_aside(connections, addresses)
            return tuple(mended.values())
        if deadline.passed or any(isinstance(error, LASTING) for error in failures.values()):
            raise not_ready(tuple(closed[name].told if name in closed else one for name, one in failures.items()))
        waiting_for = "; ".join(map(_in_one_line, failures.values()))
        if waiting_for != told:
            say(f"waiting up to {limit:g} s: {waiting_for}")
            told = waiting_for
        connections.clock.sleep(min(_PAUSE_SECONDS, deadline.remaining))


def looked(connections: ClientsOfRun, addresses: ProductAddresses) -> tuple[PhoenixError, ...]:
    """Return what is not ready, without waiting; what the firewall keeps out is remembered."""
    found = _look(connections, addresses)
    connections.notes.closed = _closed(connections, addresses, found)
    set_aside(connections, addresses)
    return tuple(found.values())


def _closed(
    connections: ClientsOfRun, addresses: ProductAddresses, found: Mapping[str, PhoenixError]
) -> dict[str, ClosedProduct]:
    """Return what of that the firewall explains; where all is ready, what would tell it is not even loaded."""
    if not found:
        return {}
    from phoenix_providers.operations.closed_products import closed_products

    return closed_products(connections, addresses, found)


def seen_ready(connections: ClientsOfRun, addresses: ProductAddresses) -> tuple[PhoenixError, ...]:
    """Remember that somebody else has found all of it ready just now; there is nothing that is not."""
    connections.notes.looked_at, connections.notes.not_ready, connections.notes.closed = addresses, {}, {}
    return ()


def _look(connections: ClientsOfRun, addresses: ProductAddresses) -> dict[str, PhoenixError]:
    """Ask, and remember who was asked where: a later look asks only those who are elsewhere by then."""
    found = failures_by_check(connections, addresses)
    connections.notes.looked_at, connections.notes.not_ready = addresses, found
    return found


def set_aside(connections: ClientsOfRun, addresses: ProductAddresses) -> None:
    """Let nobody else wait for a Portainer that the firewall keeps out; the next checks ask again."""
    if addresses.portainer and "portainer" in connections.notes.closed:
        connections.portainer(addresses.portainer).session.set_aside(connections.notes.closed["portainer"].error)


def prepare(connections: ClientsOfRun, addresses: ProductAddresses) -> None:
    """Make Portainer's first administrator if it has none yet and there is a password for it.

    Raises:
        NotReadyError: Portainer refuses it, with the reason.
    """
    if addresses.portainer is None:
        return
    session = connections.portainer(addresses.portainer).session
    session.set_aside(None)
    if not _lacks_administrator(session):
        # There is one, or it is not up yet, or its time is over: the check that follows says so.
        return
    for _ in range(_TRIES):
        try:
            session.make_admin(connections.setup_token)
        except UnreachableError:
            return
        except ProductError as error:
            if not _lacks_administrator(session):
                return
            if not isinstance(error, AmbiguousWriteError):
                raise not_ready((_no_administrator(session.url, error),)) from None
        else:
            return


def _lacks_administrator(session: PortainerSession) -> bool:
    """Whether the run has to make Portainer's first administrator, and can; not if Portainer does not say."""
    try:
        return session.can_make_admin and not session.has_admin()
    except ProductError:
        return False


def failed_checks(connections: ClientsOfRun, addresses: ProductAddresses) -> tuple[PhoenixError, ...]:
    """Run all checks side by side, once."""
    return tuple(failures_by_check(connections, addresses).values())


def failures_by_check(connections: ClientsOfRun, addresses: ProductAddresses) -> dict[str, PhoenixError]:
    """Run all checks side by side, once, and return what failed by the name of the address."""
    checks = checks_of(connections, addresses)
    with ThreadPoolExecutor(max_workers=len(checks) or 1) as pool:
        failures = zip(checks, pool.map(_failure, checks.values()), strict=True)
        return {name: failure for name, failure in failures if failure is not None}


def not_ready(failures: tuple[PhoenixError, ...]) -> NotReadyError:
    """Put all failures into one error."""
    count = len(failures)
    what = "One product is not ready" if count == 1 else f"{count} products are not ready"
    return NotReadyError(what, tuple(_explained(failure) for failure in failures))


def checks_of(connections: ClientsOfRun, addresses: ProductAddresses) -> dict[str, Check]:
    """Return one check for each product, by the name of its address."""
    checks: dict[str, Check] = {}
    if proxmox := addresses.proxmox:
        checks["proxmox"] = lambda: _proxmox_ready(connections.proxmox(proxmox), addresses.privileges_at)
    if server := addresses.portainer:
        checks["portainer"] = lambda: _portainer_ready(connections, server)
    if addresses.traefik_api:
        checks["traefik_api"] = connections.traefik(addresses.traefik_api).version
    if addresses.traefik_target:
        checks["traefik_target"] = partial(_target_ready, connections, addresses.traefik_target, TRAEFIK)
    elif addresses.traefik_target is not None:
        checks["traefik_target"] = _no_target
    for one in targets():
        if target := addresses.records.get(one.check):
            checks[one.check] = partial(_target_ready, connections, target, one.consumer)
    return checks


def _no_target() -> None:
    raise MissingSettingError(
        "It is not said where Traefik's files go",
        where="phoenix:traefikTarget",
        seen="no such setting",
        expected=TRAEFIK.expected,
        next_step=TRAEFIK.places,
    )


def _target_ready(connections: ClientsOfRun, target: str, reader: Consumer) -> None:
    connections.delivery(target, reader).check()


def _proxmox_ready(proxmox: ProxmoxApi, paths: Iterable[str]) -> None:
    proxmox.version()
    proxmox.require_privileges(paths)


def _portainer_ready(connections: ClientsOfRun, server: PortainerServer) -> None:
    session = connections.portainer(server).session
    session.set_aside(None)
    try:
        # Nobody else is shown the password.
        session.status()
        _signed_in(session)
    except ProductError as error:
        if error.status == _SEE_OTHER:
            raise _no_administrator(session.url, error) from None
        raise


def _signed_in(session: PortainerSession) -> None:
    try:
        session.sign_in()
    except UnreachableError:
        raise
    except ProductError:
        if not session.has_admin():
            raise no_administrator_yet(session.url, can_be_made=session.can_make_admin) from None
        raise


def _no_administrator(url: str, error: ProductError) -> UnauthorizedError:
    reasons = {
        _SEE_OTHER: (
            "an administrator within five minutes of its start; since then it refuses everything until it is restarted",
            "docker restart portainer   (and run again within five minutes)",
        ),
        403: (
            "the setup token that Portainer wrote to its log when it started (docker logs portainer)",
            "pulumi config set --secret phoenix:portainerSetupToken",
        ),
        400: ("a password of at least 12 characters", "pulumi config set --secret phoenix:portainerPassword"),
    }
    expected, next_step = reasons.get(error.status or 0, ("", error.explanation.next_step))
    return UnauthorizedError(
        "Portainer's first administrator cannot be made",
        where=url,
        seen=error.explanation.seen,
        expected=expected,
        next_step=next_step,
        status=error.status,
    )


def _in_one_line(error: PhoenixError) -> str:
    explanation = error.explanation
    return f"{explanation.what} ({explanation.seen})" if explanation.seen else explanation.what


def _failure(check: Check) -> PhoenixError | None:
    try:
        check()
    except PhoenixError as error:
        return error
    return None


def _explained(error: PhoenixError) -> Explanation:
    explanation = error.explanation
    if isinstance(error, ProductError) and not explanation.expected:
        return Explanation(explanation.what, explanation.where, explanation.seen, "an answer", explanation.next_step)
    return explanation
