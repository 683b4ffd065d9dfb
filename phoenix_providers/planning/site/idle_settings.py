"""Names in settings that name nothing: a slip, or what there was until a stack went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.planning.findings import Findings, nearest, nearest_name
from phoenix_providers.planning.proxmox.guest_resources import recorded_numbers
from phoenix_providers.planning.site.unknown_stacks import Recorded
from phoenix_providers.planning.site_plan import Connection
from phoenix_providers.planning.stacks.derived_stack import DerivedStack

_MOST = 6


def mention_idle_names(
    configuration: Configuration,
    connections: Iterable[Connection],
    derived: Sequence[DerivedStack],
    in_doubt: Collection[int],
    findings: Findings,
) -> None:
    """Warn of each, with what may have been meant.

    Connections to VMs that are `in_doubt`, or that run a stack with errors, are left alone: they may be there without.
    """
    settings = configuration.settings
    stacks = {stack.resource_name for stack in derived}
    unsure = {str(number) for number in (*in_doubt, *(stack.vm.vmid for stack in derived if stack.findings.errors))}
    allowed = [one if one.partition("@")[2].partition(":")[0] not in unsure else "" for one in settings.allow_cut]
    _mention("allowCut", "connection", allowed, {one.name for one in connections}, findings)
    _mention("retry", "stack", settings.retry, stacks, findings)
    _mention("takeOver", "stack", settings.take_over, stacks, findings)


def idle_deletions(allowed: Sequence[str], recorded: Recorded) -> tuple[Problem, ...]:
    """Return the names of `allowDelete` that are gone by now; none where the state does not tell all names."""
    if recorded.hosts is None:
        return ()
    firewalls = {f"firewall@{number}" for number in recorded_numbers(recorded.names)}
    known = recorded.names | recorded.hosts.keys() | firewalls
    return tuple(
        Problem(
            f"phoenix:allowDelete names {name}, which there is not (any more), so this entry can go",
            severity=Severity.WARNING,
            seen=name,
            next_step=f"pulumi config rm --path 'phoenix:allowDelete[{index}]'",
        )
        for index, name in reversed(tuple(enumerate(allowed)))
        if name not in known
    )


def _mention(setting: str, what: str, names: Sequence[str], known: Collection[str], findings: Findings) -> None:
    # The last one first: who takes one out gives those behind it other numbers.
    for index, name in reversed(tuple(enumerate(names))):
        if not name or name in known:
            continue
        place = f"--path 'phoenix:{setting}[{index}]'"
        meant = nearest_name(name, known)
        correct = f"pulumi config set {place} '{meant}', or: " if meant else ""
        findings.warning(
            f"phoenix:{setting} names the {what} {name}, which there is not (any more), so this entry does nothing",
            seen=name,
            expected=nearest(name, known) or _some(known, what),
            next_step=f"{correct}pulumi config rm {place}",
        )


def _some(known: Collection[str], what: str) -> str:
    shown = ", ".join(sorted(known)[:_MOST]) + (" ..." if len(known) > _MOST else "")
    return f"one of {shown}" if known else f"no name: there is no {what}"
