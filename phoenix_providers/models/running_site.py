"""What runs, as the products tell it: from this a new site is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from phoenix_providers.models.proxmox_records import OptionsRecord, RuleRecord
from phoenix_providers.models.traefik_records import RunningConfiguration


@dataclass(frozen=True)
class RunningGuest:
    """A guest as Proxmox shows it.

    Attributes:
        interface: Its address with the prefix length, where Proxmox gives it one.
        told: Addresses that it has told of itself, where Proxmox gives it none.
        rules: Its firewall's rules, in Proxmox's words and order; `options` those that are set.
    """

    number: int
    kind: Literal["vm", "lxc"]
    name: str
    node: str
    template: bool = False
    interface: str = ""
    told: tuple[str, ...] = ()
    rules: Sequence[RuleRecord] = ()
    options: OptionsRecord = field(default_factory=dict)

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses by which it may be known, without prefix lengths."""
        return tuple(filter(None, (self.interface.partition("/")[0], *self.told)))


@dataclass(frozen=True)
class RunningProxmox:
    """A Proxmox cluster.

    Attributes:
        node: The node that was asked.
        interface: Its address with the prefix length; empty where it is not known.
        hosts: Its hosts file, verbatim; `resolver` its resolv.conf.
        rules: The datacenter's rules; `options` those of its firewall that are set.
        names: Security groups, aliases and sets, which are not carried.
    """

    url: str
    node: str
    guests: tuple[RunningGuest, ...]
    interface: str = ""
    hosts: str = ""
    resolver: Mapping[str, str] = field(default_factory=dict)
    rules: Sequence[RuleRecord] = ()
    options: OptionsRecord = field(default_factory=dict)
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunningEnvironment:
    """An environment at Portainer; `kind` 1 is its own Docker socket, 2 an agent.

    Attributes:
        projects: Images of each compose project that has containers there, whoever started it; None where its Docker
            does not answer.
        stopped: Those of them of which no container runs.
    """

    id: int
    name: str
    url: str
    kind: int
    projects: Mapping[str, tuple[str, ...]] | None = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RunningStack:
    """A stack at Portainer.

    Attributes:
        variables: Values as Portainer has them, written for its own reader.
        obstacle: Why it cannot be taken over, whatever is in it; empty as a rule.
    """

    name: str
    environment_id: int
    compose: str
    variables: Mapping[str, str] = field(default_factory=dict)
    obstacle: str = ""


@dataclass(frozen=True)
class RunningPortainer:
    """A Portainer."""

    url: str
    environments: tuple[RunningEnvironment, ...] = ()
    stacks: tuple[RunningStack, ...] = ()
    registries: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunningTraefik:
    """A Traefik.

    Attributes:
        routing: What its API shows.
        files: Texts of the files in its directory that are not ours; None where nobody was to look there.
        ours: Texts of those there that are ours, which an earlier site has left.
    """

    url: str
    routing: RunningConfiguration
    files: Mapping[str, str] | None = None
    ours: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RunningSite:
    """All of it; None where nobody was to be asked."""

    proxmox: RunningProxmox | None = None
    portainer: RunningPortainer | None = None
    traefik: RunningTraefik | None = None
