"""The site at one moment, as plain data: no screen and no product is known here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from phoenix_providers.planning.stacks.health import HealthStatus

# Whether something is as it should be; unknown while nobody can say so.
Standing = Literal["fine", "wrong", "unknown"]
# Why a run would do something: the live thing differs, the files do, or both.
Cause = Literal["drift", "declared", "both"]


@dataclass(frozen=True)
class StepView:
    """One of the seven steps.

    Attributes:
        name: Such as "readiness".
        text: What there is to say about it, in one line.
    """

    number: int
    name: str
    standing: Standing
    text: str


@dataclass(frozen=True)
class Trouble:
    """Something that is not as it should be.

    Attributes:
        what: In one sentence; the first line of an error.
        seen: What was found; empty if the sentence says it.
        next_step: The command or edit that mends it; empty if nobody knows one.
    """

    what: str
    seen: str = ""
    next_step: str = ""


@dataclass(frozen=True)
class ProductView:
    """One server that a run talks to.

    Attributes:
        answers: None if it was not asked, since nobody has said where it is.
    """

    name: str
    address: str
    answers: bool | None
    trouble: Trouble | None = None


@dataclass(frozen=True)
class GuestView:
    """A VM or container.

    Attributes:
        status: As Proxmox calls it (running, stopped); "missing" if Proxmox has it not, empty if nobody knows.
    """

    id: int
    name: str
    kind: Literal["vm", "lxc"]
    address: str
    status: str


@dataclass(frozen=True)
class EnvironmentView:
    """An environment of Portainer.

    Attributes:
        vmid: Number of its VM.
        name: Its name at Portainer.
        standing: Whether its engine answers through Portainer.
    """

    vmid: int
    vm_name: str
    name: str
    standing: Standing
    trouble: Trouble | None = None

    @property
    def resource_name(self) -> str:
        """Its name in plans and on the command line."""
        return f"environment@{self.vmid}"


@dataclass(frozen=True)
class ServiceView:
    """A service of a stack.

    Attributes:
        image: That of its container; what the files say if there is none.
        state: As Docker calls it (running, exited), health behind it; empty without a container.
    """

    name: str
    image: str
    state: str = ""


@dataclass(frozen=True)
class StackView:
    """A stack on one VM.

    Attributes:
        name: NAME@VMID.
        services: In the order of its file.
        message: Why it is not healthy, in one line; empty if it is.
        since: When that began, in seconds since 1970; None if nobody knows.
        note: What is said of it beside its health: held, blocked, a deploy that failed. Empty as a rule.
        next_step: What mends it; empty if nothing has to be.
    """

    name: str
    vmid: int
    vm_name: str
    health: HealthStatus
    services: tuple[ServiceView, ...] = ()
    message: str = ""
    since: float | None = None
    note: str = ""
    next_step: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether nothing has to be said about it."""
        return self.health is HealthStatus.HEALTHY and not self.note


@dataclass(frozen=True)
class RouteView:
    """A routed name.

    Attributes:
        owner: NAME@VMID of a stack, or the guest's name; "dashboard" is Traefik's own.
        standing: Whether it was answered.
        probe: What came back (HTTP 200), or where its chain breaks and why.
        vmid: Number of the VM whose stack it leads to; 0 for routes of guests.
    """

    name: str
    owner: str
    router: str
    standing: Standing
    probe: str
    next_step: str = ""
    vmid: int = 0


@dataclass(frozen=True)
class ChangeView:
    """What a run would do to one thing.

    Attributes:
        what: What it is, such as "stack" or "firewall rules".
        operation: create, update, replace or delete.
        cause: None where there is nothing to compare.
        text: What differs.
    """

    name: str
    what: str
    operation: str
    cause: Cause | None
    text: str


@dataclass(frozen=True)
class LastRun:
    """The last run that was started on this computer.

    Attributes:
        ended: None while it runs, or if it was killed.
        failed: Names of what failed.
    """

    command: str
    started: float
    ended: float | None
    exit_code: int | None
    engine_log: str = ""
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class SiteView:
    """The site at one moment.

    Attributes:
        domain: The site's domain, as its name; empty if the files do not say.
        pulumi_stack: Name of the Pulumi stack; empty if there is none yet.
        taken_at: Seconds since 1970.
        took: Seconds that looking has taken.
        deployed: Whether any run has got as far as making something; None where the state cannot be read.
        changed_at: When the state was changed last, in seconds since 1970; None if it never was.
        steps: The seven steps, in order.
        changes: What a run would change; None if that is not known, for the reason in `changes_unknown`.
        files: What is wrong with the files.
        state: Why there is no state to be read; None as a rule.
        next_command: What to type now; empty if nothing has to be done.
        warnings: What the files may mean otherwise than they are read.
        lock: Who holds the state; None if nobody does, or if nobody knows.
    """

    domain: str
    pulumi_stack: str
    taken_at: float
    took: float
    deployed: bool | None
    changed_at: float | None
    steps: tuple[StepView, ...]
    products: tuple[ProductView, ...]
    guests: tuple[GuestView, ...]
    environments: tuple[EnvironmentView, ...]
    stacks: tuple[StackView, ...]
    routes: tuple[RouteView, ...]
    changes: tuple[ChangeView, ...] | None
    changes_unknown: str
    last_run: LastRun | None
    files: tuple[Trouble, ...]
    state: Trouble | None
    next_command: str
    warnings: tuple[Trouble, ...] = ()
    lock: Trouble | None = None
