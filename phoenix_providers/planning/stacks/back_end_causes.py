"""Why a back end does not answer Traefik, as its containers, the firewall and its port tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.firewall.lockout.remedy import decided_by, remedy_of
from phoenix_providers.planning.stacks.health import ContainerState

_STOPPED = {"created", "exited", "dead", "paused"}
# Ended by SIGKILL or SIGTERM, or not at all: whoever did it is not the program.
_ENDED_BY_OTHERS = {0, 137, 143}


@dataclass(frozen=True)
class BackEnd:
    """What is known of one back end.

    Attributes:
        address: IP and port, as a route has them.
        stack: Its resource name; empty for what is none of our stacks'.
        services: Services of the stack that publish the port; all of them, where that is not known.
        containers: Those of the stack; None if nobody could be asked.
        cuts: What keeps Traefik out at the firewall; None if nobody could be asked.
        opens: Whether the files let it in, so that the next run does.
        refused: Why it takes no connection from here; empty if it takes one, None if nobody tried.
        unknown: What could not be found out, and why.
    """

    address: str
    stack: str = ""
    services: tuple[str, ...] = ()
    containers: tuple[ContainerState, ...] | None = None
    cuts: tuple[Cut, ...] | None = None
    opens: bool = False
    refused: str | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cause:
    """Why, and what to do."""

    text: str
    next_step: str


def cause(end: BackEnd, seen: str, places: Mapping[str, str]) -> Cause | None:
    """Return the cause that lies closest to the back end itself; None if nothing is known of it.

    Args:
        end: What is known.
        seen: What Traefik answers.
        places: As in `SitePlan.rule_places`.
    """
    return _of_containers(end) or _of_firewall(end, places) or _of_port(end, seen)


def _of_containers(end: BackEnd) -> Cause | None:
    found = [*_broken(end.services, end.containers)] if end.containers is not None else []
    if not found:
        return None
    name, _, vmid = end.stack.partition("@")
    text = ", ".join(text for text, _ in found)
    container = next((one for _, one in found if one is not None), None)
    if container is None or _is_started_again(container):
        return Cause(text, f"phoenix sync stack {name} to {vmid}   (starts it again)")
    return Cause(text, f"docker logs {container.name}   (on VM {vmid}: it fails by itself)")


def _broken(
    services: Sequence[str], containers: Sequence[ContainerState]
) -> Iterator[tuple[str, ContainerState | None]]:
    for service in services:
        own = [one for one in containers if one.service == service]
        if not own:
            yield f"{service} has no container", None
        for one in own:
            if text := _state(one):
                yield f"{service} {text}", one


def _state(one: ContainerState) -> str:
    if one.state == "running":
        texts = {"unhealthy": "is unhealthy", "starting": "is starting: its health check has not passed yet"}
        return texts.get(one.health, "")
    return f"is {one.state}" + ("" if one.exit_code is None else f" ({one.exit_code})")


def _is_started_again(one: ContainerState) -> bool:
    """Whether a run starts it: somebody stopped it, and it did not fail by itself."""
    return one.state in _STOPPED and one.exit_code in {None, *_ENDED_BY_OTHERS}


def _of_firewall(end: BackEnd, places: Mapping[str, str]) -> Cause | None:
    if not end.cuts:
        return None
    cut = end.cuts[0]
    by = decided_by(cut, places)
    where = f"VM {cut.guest}" if cut.guest and cut.guest == cut.connection.to_guest else cut.where
    text = f"{where} drops {cut.connection.port}/{cut.connection.proto} from {cut.connection.source}"
    if by:
        text += f" ({by})"
    if end.opens:
        return Cause(text, "phoenix sync all   (the files open it already)")
    remedy = remedy_of(cut, places)
    return Cause(text, f"{remedy.step}: {remedy.expected}; then phoenix sync all")


def _of_port(end: BackEnd, seen: str) -> Cause | None:
    if end.refused is None:
        return None
    if end.refused:
        what = "whether it listens on that port, in its container" if end.stack else "whether it runs there"
        return Cause(f"nothing answers at {end.address}, asked from here as well: {end.refused}", f"look {what}")
    return Cause(
        f"{end.address} takes connections from here, but does not answer Traefik: {seen}",
        "look whether it speaks what the route says (http or https), and its log",
    )
