"""Whether the Docker engine of each environment answers through Portainer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from phoenix_providers.clients.portainer.silence import AGENT_CURE
from phoenix_providers.clock import Deadline
from phoenix_providers.errors import Explanation, NotReadyError, PhoenixError
from phoenix_providers.operations.clients_of_run import PortainerAccess
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.operations.side_by_side import side_by_side
from phoenix_providers.planning.doctor.finding import Finding, from_error, ok, skipped, trouble, worst
from phoenix_providers.planning.doctor.version import judge_version


def docker_engines(case: Case) -> Finding:
    """Ask the engine of every declared environment; one that a run will make is none yet."""
    if case.plan is None or case.portainer is None:
        return skipped("the files cannot be read")
    access = case.clients.portainer(case.portainer)
    there = {one.name: one.id for one in access.environments.all()}
    declared = [one.name for one in case.plan.environments]
    looks: dict[str, Callable[[], str]] = {
        name: partial(_version, access, there[name]) for name in declared if name in there
    }
    limit = case.clients.settings.request_timeout * 2
    found = side_by_side(looks, Deadline.after(case.clients.clock, limit))
    new = [name for name in declared if name not in there]
    judged = [_judged(name, found.get(name), limit) for name in looks]
    versions = sorted({text for text in found.values() if isinstance(text, str)})
    count = "1 engine answers" if len(looks) == 1 else f"{len(looks)} engines answer"
    told = f"{count}: Docker {', '.join(versions)}" if versions else "no environment is made yet"
    return worst(judged, f"{told}; {', '.join(new)} will be made" if new and versions else told)


def _version(access: PortainerAccess, number: int) -> str:
    return access.docker(number).version()


def _judged(name: str, found: str | PhoenixError | None, limit: float) -> Finding:
    if found is None:
        seen = f"{name}: no answer within {limit:g} s"
        reason = Explanation(f"The Docker engine of {name} does not answer", seen=seen, next_step=AGENT_CURE)
        return trouble(NotReadyError, seen, reason)
    if isinstance(found, PhoenixError):
        return from_error(found)
    judged = judge_version("Docker", found, name)
    return judged if judged.standing != "ok" else ok(found)
