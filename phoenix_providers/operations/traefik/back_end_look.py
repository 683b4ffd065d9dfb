"""Looking behind routes whose back end does not answer: at its containers, at the firewall, and at its port."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import urlsplit

from phoenix_providers.clients.probes.route_probe import require_listener
from phoenix_providers.errors import PhoenixError, UnreachableError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.proxmox.firewall_outlook import look_ahead
from phoenix_providers.operations.stacks.lookup import as_state
from phoenix_providers.operations.stacks.portainer_data import OTHER_DATA, is_of_other_data
from phoenix_providers.operations.traefik.route_chain import Chain
from phoenix_providers.planning.compose.published_ports import PortError, read_ports
from phoenix_providers.planning.compose.yaml_text import BrokenYamlError, load
from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.firewall.lockout.lockout import Wanted, closed, is_given_back
from phoenix_providers.planning.firewall.question import FirewallQuestion
from phoenix_providers.planning.site_plan import Connection
from phoenix_providers.planning.stacks.back_end_causes import BackEnd, cause
from phoenix_providers.planning.stacks.health import ContainerState

_BEHIND = {"back end", "status"}
_TIMEOUT = 3.0
Answer = TypeVar("Answer")


@dataclass
class BackEndLook:
    """Looks, and asks everybody once.

    Attributes:
        clients: Portainer and Proxmox.
        stacks: What the state has of each stack, by resource name.
        question: What the firewall is asked, with all connections that are needed.
        places: Where its rules stand in the files.
    """

    clients: ClientsOfRun
    stacks: Mapping[str, StoredProperties]
    question: FirewallQuestion
    places: Mapping[str, str]
    _containers: dict[str, tuple[ContainerState, ...]] = field(default_factory=dict)
    _silent: dict[str, str] = field(default_factory=dict)

    def explained(self, chains: Sequence[Chain]) -> tuple[Chain, ...]:
        """Return chains in which what breaks at a back end has its cause."""
        return tuple(self._explained(one) for one in chains)

    def _explained(self, chain: Chain) -> Chain:
        step = chain.broken
        if step is None or step.name not in _BEHIND or not chain.check.backends:
            return chain
        end = self._look(chain)
        if (found := cause(end, step.text, self.places)) is None:
            return chain
        text = "; ".join((found.text, *(f"not known: {one}" for one in end.unknown)))
        mended = replace(step, text=text, next_step=found.next_step)
        return replace(chain, steps=(*chain.steps[:-1], mended))

    def _look(self, chain: Chain) -> BackEnd:
        owner, own = chain.check.owner, self.stacks.get(chain.check.owner)
        address, port = _end(chain.check.backends[0])
        unknown: list[str] = []
        end = BackEnd(f"{address}:{port}", owner if own is not None else "")
        if own is not None:
            services = _publishing(str(own.get("compose") or ""), port) or tuple(own.get("services") or ())
            containers = self._asked("containers", unknown, lambda: self._containers_of(owner, own))
            end = replace(end, services=services, containers=containers)
        if port:
            cuts = self._asked("the firewall", unknown, lambda: self._cuts(address, port, chain.check.protocol))
            if cuts is not None:
                end = replace(end, cuts=cuts[0], opens=cuts[1])
            if chain.check.protocol != "udp":
                end = replace(end, refused=_refused(address, port))
        return replace(end, unknown=tuple(unknown))

    def _asked(self, what: str, unknown: list[str], ask: Callable[[], Answer]) -> Answer | None:
        """Return the answer; None, with a word about it, if there is none. Silence is told once for all routes."""
        if what not in self._silent:
            try:
                return ask()
            except PhoenixError as error:
                said = error.explanation
                reason = f"{said.what}: {said.seen}" if said.seen else said.what
                if isinstance(error, UnreachableError):
                    self._silent[what] = reason
                unknown.append(f"{what} ({reason})")
                return None
        unknown.append(f"{what} ({self._silent[what]})")
        return None

    def _containers_of(self, owner: str, own: StoredProperties) -> tuple[ContainerState, ...]:
        if owner not in self._containers:
            access = self.clients.portainer(PortainerServer.from_input(own["server"]))
            if is_of_other_data(own.get("environment_instance"), access.session):
                raise UnreachableError(OTHER_DATA, next_step="phoenix sync all   (brings its environments back)")
            docker = access.docker(int(own.get("environment_id") or 0))
            found = docker.containers(str(own.get("project") or ""), closely=True)
            self._containers[owner] = tuple(map(as_state, found))
        return self._containers[owner]

    def _cuts(self, address: str, port: int, protocol: str) -> tuple[tuple[Cut, ...], bool]:
        """Return what keeps Traefik out now, and whether the files let it in."""
        needed = _connection(self.question, address, port, "udp" if protocol == "udp" else "tcp")
        if needed is None or not self.question.proxmox:
            return (), False
        proxmox = self.clients.proxmox(self.question.proxmox)
        if not proxmox.answers():
            raise UnreachableError("Proxmox does not answer", next_step="phoenix doctor")
        if str(proxmox.seen.options("cluster").get("enable") or "0") != "1":
            # Where the datacenter's is off, nobody's counts.
            return (), False
        ahead = look_ahead(proxmox.seen, replace(self.question, connections=(needed,)))
        for now, wanted, found in ahead.by_node():
            if cuts := closed(now, Wanted(now.cluster, {}), found, ()):
                return cuts, all(is_given_back(now, wanted, one) for one in found)
        return (), False


def _connection(question: FirewallQuestion, address: str, port: int, protocol: str) -> Connection | None:
    """Return the connection to a back end; what is published may be no longer what the files declare."""
    known = [one for one in question.connections if one.name.startswith("backend@")]
    same = next((one for one in known if (one.dest, one.port, one.proto) == (address, port, protocol)), None)
    guest = question.guests.get(address)
    if same is not None or not known or guest is None:
        return same
    what = f"the back end {address}:{port}, from Traefik"
    return replace(
        known[0], name=f"backend@{guest}:{port}", what=what, dest=address, port=port, proto=protocol, to_guest=guest
    )


def _end(backend: str) -> tuple[str, int]:
    """Return address and port of a URL, or of ADDRESS:PORT; 0 where there is none."""
    if "://" in backend:
        url = urlsplit(backend)
        return url.hostname or "", url.port or {"https": 443, "http": 80}.get(url.scheme, 0)
    address, _, port = backend.rpartition(":")
    return address.strip("[]"), int(port) if port.isdecimal() else 0


def _refused(address: str, port: int) -> str:
    try:
        require_listener(address, port, timeout=_TIMEOUT)
    except UnreachableError as error:
        return error.explanation.seen[:1].lower() + error.explanation.seen[1:]
    return ""


def _publishing(compose: str, port: int) -> tuple[str, ...]:
    """Return the services that publish a port, as far as their file says it without variables."""
    try:
        services = load(compose)["services"]
        return tuple(name for name, one in services.items() if _publishes(one.get("ports") or (), port))
    except (BrokenYamlError, AttributeError, KeyError, TypeError):
        return ()


def _publishes(entries: Iterable[object], port: int) -> bool:
    for entry in entries:
        try:
            if any(one.host == port for one in read_ports(str(entry) if isinstance(entry, int) else entry)):
                return True
        except PortError:
            continue
    return False
