"""Publishing a file in Traefik: write, prove, and put the last one back if the proof fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from phoenix_providers.clients.delivery.target import Delivery
from phoenix_providers.clients.traefik import LiveRouter, TraefikApi
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ProductError, RevertedError, UnreachableError
from phoenix_providers.planning.documents import declared_routers
from phoenix_providers.resources.connections import Connections

# Traefik collects file events for two seconds before it loads them (providersThrottleDuration).
_PROOF_SECONDS = 15.0
_PAUSE_SECONDS = 0.2


def publish(connections: Connections, wanted: Mapping[str, Any], say: Callable[[str], None]) -> None:
    """Make the file's text live; unchanged text is not written again, so that Traefik does not reload.

    Raises:
        RevertedError: Traefik did not take it; the previous file is back.
    """
    delivery = connections.delivery(str(wanted["target"]))
    name, text = str(wanted["file"]), str(wanted["text"])
    previous = delivery.read(name)
    if previous != text:
        delivery.write(name, text)
    if not wanted["api"]:
        say(f"{name}: no phoenix:traefikApiUrl is set, so Traefik could not be asked whether it took the routes")
        return
    api = connections.traefik(str(wanted["api"]))
    reasons = _wait(connections.clock, lambda: _unproven(api, declared_routers(text)))
    if not reasons:
        return
    if previous != text:
        _put_back(delivery, name, previous)
    raise RevertedError(
        f"Traefik did not take {name}; the previous file is back",
        where=str(wanted["target"]),
        seen="; ".join(reasons),
        expected=f"every router enabled within {_PROOF_SECONDS:g} s",
        next_step="look into Traefik's log",
    )


def withdraw(connections: Connections, props: Mapping[str, Any]) -> None:
    """Remove the file and wait until Traefik has let its routers go."""
    delivery = connections.delivery(str(props["target"]))
    name = str(props["file"])
    text = delivery.read(name)
    if text is None:
        return
    delivery.remove(name)
    if not props["api"]:
        return
    api = connections.traefik(str(props["api"]))
    left = _wait(connections.clock, lambda: _still_there(api, declared_routers(text)))
    if left:
        raise ProductError(
            f"Traefik still has routers of {name}, which is gone",
            where=str(props["api"]),
            seen=", ".join(left),
            expected="none: another file in Traefik's directory may be broken, which stops all reloads",
            next_step="look into Traefik's log",
        )


def _wait(clock: Clock, look: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """Look until nothing is missing, or the time is up; return what was missing last."""
    deadline = Deadline.after(clock, _PROOF_SECONDS)
    while True:
        missing = look()
        if not missing or deadline.passed:
            return missing
        clock.sleep(_PAUSE_SECONDS)


def _unproven(api: TraefikApi, routers: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    reasons: list[str] = []
    for kind, rules in routers.items():
        try:
            live = api.routers(kind)
        except UnreachableError as error:
            return (error.explanation.text().replace("\n", " "),)
        reasons += [reason for name, rule in rules.items() if (reason := _reason(name, rule, live))]
    return tuple(reasons)


def _reason(name: str, rule: str, live: Mapping[str, LiveRouter]) -> str:
    """Say what is wrong with a router; an entry point with a model publishes it as `ENTRYPOINT-NAME`."""
    full_name = f"{name}@file"
    found = [router for key, router in live.items() if key == full_name or key.endswith(f"-{full_name}")]
    if not found:
        return f"router {name} is missing"
    for router in found:
        if router.errors or router.status == "disabled":
            return f"router {name} is {router.status}: {'; '.join(router.errors) or 'no reason given'}"
    return "" if any(router.rule == rule for router in found) else f"router {name} still has the rule {found[0].rule}"


def _still_there(api: TraefikApi, routers: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(name for kind, rules in routers.items() for name in rules if f"{name}@file" in api.routers(kind))


def _put_back(delivery: Delivery, name: str, previous: str | None) -> None:
    if previous is None:
        delivery.remove(name)
    else:
        delivery.write(name, previous)
