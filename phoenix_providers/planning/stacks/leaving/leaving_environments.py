"""Environments that leave together with stacks: how Portainer reaches the agent until those are removed.

Names are published before anything is deleted, and an agent's own name leaves with its VM.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from phoenix_providers.errors import UnreachableError
from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.planning.addresses import is_address
from phoenix_providers.planning.recorded_environment import RecordedEnvironment
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.site_plan import Connection, EnvironmentPlan, SitePlan

_GONE = (
    "or, once Proxmox has that VM\n            no more: phoenix sync all --forget-gone   "
    "(it leaves the state; remove its environment at Portainer by hand)"
)

_AGENT_PORT = 9001


@dataclass(frozen=True)
class LeavingEnvironment:
    """One that leaves, and has stacks that leave.

    Attributes:
        name: environment@VMID.
        environment: Its name at Portainer.
        number: Portainer's number of it.
        url: Where it leads, as the state has it.
        address: Where it leads without the name, for when that leads nowhere any more; empty if that is not known, or
            if another machine may answer there.
        handed_on: Whether the name leads to another machine behind this run.
        taken_by: The guest that the files have at the agent's address now; 0 if there is none, or if the agent itself
            has become that guest's.
        stacks: Names of the stacks that leave with it.
        known_address: Where it led without the name, whoever may be there now; empty if that is not known.
        instance: To which data of Portainer the number belongs; empty if the state does not tell.
    """

    name: str
    environment: str
    number: int
    url: str
    address: str = ""
    handed_on: bool = False
    taken_by: int = 0
    stacks: tuple[str, ...] = ()
    known_address: str = ""
    instance: str = ""

    @property
    def vmid(self) -> int:
        """Number of its VM."""
        return int(self.name.rpartition("@")[2])

    @property
    def host(self) -> str:
        """Name or address of the agent, as names are published."""
        return _host(self.url)

    @property
    def agent(self) -> str:
        """The agent's IP address; empty if nobody knows it."""
        return _address(self.url, self.known_address)

    @property
    def port(self) -> int:
        """The agent's port."""
        return _split(self.url).port or _AGENT_PORT

    @property
    def names(self) -> tuple[str, ...]:
        """Its own name and its stacks'."""
        return self.name, *self.stacks

    def staying(self, why: str) -> EnvironmentPlan:
        """Return it as it is declared while stacks of it stay: blocked, so nothing of it is touched."""
        name = f"VM {self.vmid}"
        return EnvironmentPlan(self.vmid, name, self.environment, "agent", self.url, blocked=why, leaves=True)

    def as_input(self) -> Properties:
        """Return what its stacks' deletions need, as plain data for an input."""
        return {
            "name": self.name,
            "environment": self.environment,
            "number": self.number,
            "url": self.url,
            "address": self.address,
            "handed_on": self.handed_on,
        }

    @classmethod
    def from_input(cls, data: StoredProperties) -> LeavingEnvironment:
        """Read what `as_input` wrote."""
        return cls(
            str(data["name"]),
            str(data["environment"]),
            int(data["number"]),
            str(data["url"]),
            str(data["address"]),
            handed_on=bool(data["handed_on"]),
        )


def leaving_environments(
    plan: SitePlan,
    recorded: Mapping[str, RecordedEnvironment],
    leaving: Iterable[RecordedStack],
    renamed: Collection[str],
) -> tuple[LeavingEnvironment, ...]:
    """Return the environments of stacks that leave which the files have no more themselves.

    Args:
        plan: What the files declare.
        recorded: Environments of the state, by name.
        leaving: Stacks that leave.
        renamed: Former names of environments that have another name in the files.
    """
    declared = {one.resource_name for one in plan.environments}
    stacks: dict[int, list[str]] = {}
    for stack in leaving:
        stacks.setdefault(stack.vmid, []).append(stack.name)
    return tuple(
        _leaving(plan, one, stacks[one.vmid])
        for name, one in sorted(recorded.items())
        if name not in declared and name not in renamed and one.number and one.vmid in stacks and _host(one.url)
    )


def agent_connections(leaving: Iterable[LeavingEnvironment], plan: SitePlan, portainer: str) -> tuple[Connection, ...]:
    """Return what Portainer, at this address, needs until the stacks of these are removed."""
    source = plan.guest_addresses.get(portainer, 0)
    what = "the agent of VM {}, from Portainer, until its stacks are gone"
    return tuple(
        Connection(f"agent@{one.vmid}", what.format(one.vmid), portainer, one.agent, "tcp", one.port, source, one.vmid)
        for one in leaving
        if portainer and one.agent
    )


def out_of_reach(one: LeavingEnvironment, silence: UnreachableError) -> UnreachableError:
    """Say why stacks cannot be removed whose agent does not answer; that does not make them absent."""
    return UnreachableError(
        f"VM {one.vmid} leaves, and its agent does not answer, so its stacks cannot be removed",
        where=f"environment {one.environment}, {silence.explanation.where or one.url}",
        seen=silence.explanation.seen,
        expected="an agent that answers until they are removed",
        next_step=f"start the VM and its agent, then phoenix sync all; {_GONE}",
    )


def address_taken(one: LeavingEnvironment) -> UnreachableError:
    """Say why stacks are not removed at whose address the files have another guest."""
    return UnreachableError(
        f"VM {one.vmid} leaves, and its address is that of {one.taken_by} now, so whose agent is there is unknown",
        where=f"environment {one.environment}, {one.url}",
        expected=f"another address for {one.taken_by} until the stacks of VM {one.vmid} are removed",
        next_step=f"let {one.vmid} leave in one run, and give its address away in the next; {_GONE}",
    )


def _leaving(plan: SitePlan, one: RecordedEnvironment, stacks: Iterable[str]) -> LeavingEnvironment:
    address = _address(one.url, one.by_address)
    leads_to = {record.hostname: record.ip for record in plan.dns}.get(_host(one.url))
    guest = plan.guest_addresses.get(address, one.vmid)
    taken = guest if guest != one.vmid else 0
    agents = {environment.url.lower() for environment in plan.environments}
    # An agent with the name and the address of before is the same one, under another number of its VM.
    same = one.url.lower() in agents and leads_to in (None, address)
    other = bool(address) and one.url != one.by_address and not taken and leads_to != address
    return LeavingEnvironment(
        one.name,
        one.environment,
        one.number,
        one.url,
        one.by_address if other and not same else "",
        handed_on=other and leads_to is not None,
        taken_by=0 if same else taken,
        stacks=tuple(stacks),
        known_address=one.by_address,
        instance=one.instance,
    )


def _address(*urls: str) -> str:
    """Return the first of their hosts that is an IP address; empty if none is."""
    return next((host for host in map(_host, urls) if is_address(host)), "")


def _host(url: str) -> str:
    """Return the host of an agent's URL. A socket has none."""
    try:
        return (_split(url).hostname or "").lower()
    except ValueError:
        return ""


def _split(url: str) -> SplitResult:
    """Take an agent's URL apart; Portainer drops the scheme in some versions."""
    return urlsplit(url if "://" in url else f"tcp://{url}")
