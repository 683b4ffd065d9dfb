"""Asking every product at once whether it is ready, with a bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from phoenix_providers.clock import Deadline
from phoenix_providers.errors import (
    Explanation,
    NotReadyError,
    PhoenixError,
    ProductError,
    UnauthorizedError,
)
from phoenix_providers.resources.connections import Connections

_PAUSE_SECONDS = 2.0
Check = Callable[[], object]


def wait_until_ready(connections: Connections, addresses: Mapping[str, Any], say: Callable[[str], None]) -> None:
    """Return when all products are ready; `say` gets a line whenever it is worth telling why we wait.

    Credentials that are refused are not waited for.

    Raises:
        NotReadyError: With every failed check.
    """
    limit = connections.settings.readiness_timeout
    deadline = Deadline.after(connections.clock, limit)
    told = ""
    while True:
        failures = failed_checks(connections, addresses)
        if not failures:
            return
        if deadline.passed or any(isinstance(error, UnauthorizedError) for error in failures):
            raise not_ready(failures)
        waiting_for = "; ".join(f"{error.explanation.what} ({error.explanation.seen})" for error in failures)
        if waiting_for != told:
            say(f"waiting up to {limit:g} s: {waiting_for}")
            told = waiting_for
        connections.clock.sleep(min(_PAUSE_SECONDS, deadline.remaining))


def failed_checks(connections: Connections, addresses: Mapping[str, Any]) -> tuple[PhoenixError, ...]:
    """Run all checks side by side, once."""
    checks = _checks(connections, addresses)
    with ThreadPoolExecutor(max_workers=len(checks) or 1) as pool:
        return tuple(failure for failure in pool.map(_failure, checks) if failure is not None)


def not_ready(failures: tuple[PhoenixError, ...]) -> NotReadyError:
    """Put all failures into one error."""
    count = len(failures)
    what = "One product is not ready" if count == 1 else f"{count} products are not ready"
    return NotReadyError(what, tuple(_explained(failure) for failure in failures))


def _checks(connections: Connections, addresses: Mapping[str, Any]) -> tuple[Check, ...]:
    checks: list[Check] = []
    if proxmox := addresses.get("proxmox"):
        checks.append(connections.proxmox(str(proxmox)).version)
    if server := addresses.get("portainer"):
        checks.append(lambda: _portainer_ready(connections, server))
    if api := addresses.get("traefik_api"):
        checks.append(connections.traefik(str(api)).version)
    if target := addresses.get("traefik_target"):
        checks.append(lambda: connections.delivery(str(target)).check())
    return tuple(checks)


def _portainer_ready(connections: Connections, server: Mapping[str, Any]) -> None:
    session = connections.portainer(server).session
    session.status()
    if not session.has_admin():
        raise UnauthorizedError(
            "Portainer has no administrator yet",
            where=session.url,
            expected="a first sign-in on its web page, within five minutes of its start (restart it if that is over)",
            next_step=f"open {session.url}",
        )
    session.sign_in()


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
