"""Saying who does not answer: Portainer, an agent, or Docker. Portainer's own answer for the last two says nothing."""

from __future__ import annotations

from phoenix_providers.clients.portainer.environments import PortainerEnvironments
from phoenix_providers.clients.portainer.records import Environment
from phoenix_providers.errors import ProductError, UnreachableError

AGENT_CURE = "on that machine: docker start portainer_agent   (docker ps -a shows its name)"
_AGENT = 2


class EngineSilentError(UnreachableError):
    """Portainer answers, but the engine of one environment does not, or the agent before it."""


def who_is_silent(error: ProductError, environments: PortainerEnvironments, environment_id: int) -> UnreachableError:
    """Return what to say of an engine that could not be asked, after a look whether Portainer itself answers."""
    try:
        found = next((item for item in environments.fresh() if item.id == environment_id), None)
    except UnreachableError as other:
        return other
    except ProductError as other:
        seen = other.explanation
        return UnreachableError(
            "Portainer does not answer",
            where=seen.where,
            seen=seen.seen,
            next_step="docker logs portainer   (on its machine)",
            status=other.status,
        )
    if found is None or found.kind != _AGENT:
        return _no_docker(error, found)
    return EngineSilentError(
        f"The agent of Portainer's environment {found.name} does not answer",
        where=found.url if "://" in found.url else f"tcp://{found.url}",
        seen=f"{_short(error)} from Portainer, which reaches no agent there, or no Docker behind it",
        expected="an agent that runs, on a machine that is up",
        next_step=AGENT_CURE,
        status=error.status,
    )


def _no_docker(error: ProductError, found: Environment | None) -> EngineSilentError:
    name = f" of Portainer's environment {found.name}" if found is not None else ""
    return EngineSilentError(
        f"The Docker engine{name} does not answer",
        where=found.url if found is not None else error.explanation.where,
        seen=error.explanation.seen,
        expected="an engine that runs",
        next_step="on that machine: systemctl status docker",
        status=error.status,
    )


def _short(error: ProductError) -> str:
    return f"HTTP {error.status}" if error.status else error.explanation.seen
