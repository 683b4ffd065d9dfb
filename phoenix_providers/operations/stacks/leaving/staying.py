"""Stacks that leave and stay for now, since what takes their place does not run or cannot be reached."""

from __future__ import annotations

import sys

from phoenix_providers.errors import DeploymentError, UnreachableError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.redaction import redact

_LINES = 2


def foretell(name: str) -> None:
    """Note that a stack is in scope, and say what stays for as long as the firewall keeps Traefik from it."""
    if (current := clients_of_run.opened()) is not None:
        current.notes.checked.add(name)
    if reason := _kept_out(name):
        print(f"{DeploymentError.label}: {reason}", file=sys.stderr)


def kept_out(name: str, olds: StoredProperties) -> str:
    """Return why a stack that runs is not published yet, since something stays in its place; empty if it may be.

    A run for one stack removes nothing, so it cannot finish what waits.
    """
    waited = olds.get("kept_out") and not clients_of_run.current().notes.whole_run
    # What stands behind these was about another run.
    told = str(olds.get("failure") or "").splitlines()[:_LINES] if waited else ()
    return _kept_out(name) or "\n".join(told)


def staying(old: str, new: str) -> str:
    """Say what stays while something does not run."""
    return f"{old} stays as it is until {new} runs"


def refuse_what_stays(old: str) -> None:
    """Refuse to delete what nothing has replaced; the state keeps it for the next run.

    The engine begins no deletion after one that raises, so this tells what the last word would have.

    Raises:
        PhoenixError: All that is not as declared.
    """
    current = clients_of_run.current()
    if missing := clients_of_run.notes().staying().get(old):
        error, current.notes.unsaid = current.notes.unsaid, None
        until = "runs" if current.notes.failed.issuperset(missing) else "can be reached"
        raise error or DeploymentError(f"{old} stays as it is until {', '.join(missing)} {until}", ())


def refuse_out_of_reach(props: StoredProperties) -> None:
    """Refuse to delete what cannot be reached; a name that leaves in this run is no reason (see `agent_ways`).

    The engine begins no deletion after one that raises, so this tells what the last word would have.

    Raises:
        UnreachableError: Its agent does not answer.
    """
    current = clients_of_run.current()
    if current.notes.agent_ways is None:
        return
    access = current.portainer(PortainerServer.from_input(props["server"]))
    try:
        current.notes.agent_ways.open(access, int(props.get("environment_id") or 0))
    except UnreachableError:
        unsaid, current.notes.unsaid = current.notes.unsaid, None
        if unsaid is not None:
            print(f"{unsaid.label}: {redact(str(unsaid), clients_of_run.secret_values())}", file=sys.stderr)
        raise


def _kept_out(name: str) -> str:
    olds = [old if old != name else "what it was before" for old in clients_of_run.notes().waited_for(name)]
    if not olds:
        return ""
    return (
        f"{', '.join(olds)} {'stays' if len(olds) == 1 else 'stay'} as it is until {name} can be reached: "
        "the firewall keeps Traefik from it\n"
        "  next:     add the rule that is named for the firewall, and phoenix sync all"
    )
