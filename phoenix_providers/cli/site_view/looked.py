"""One look at each server: reads only, side by side; who does not answer is never taken for gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from phoenix_providers.cli.site_view.site_view import ProductView, Trouble
from phoenix_providers.clients.docker.records import DockerContainer, ListedContainer
from phoenix_providers.clients.portainer.records import Environment, StackRecord
from phoenix_providers.errors import PhoenixError
from phoenix_providers.models.live_guest import LiveGuest
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations.clients_of_run import ClientsOfRun, PortainerAccess
from phoenix_providers.operations.traefik import route_chain
from phoenix_providers.operations.traefik.route_chain import Chain
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.routes.route_checks import RouteCheck

_ENGINES_AT_ONCE = 16


@dataclass(frozen=True)
class Question:
    """Whom to ask, and for what.

    Attributes:
        proxmox: URL of the API; empty if nobody has said it.
        portainer: None if the files do not tell.
        traefik: URL of the API; empty if nobody has said it.
        name_server: Who is asked for names; empty for nobody.
        environments: Name and number of the environments that matter; 0 where only the name is known.
        projects: Names of the stacks that matter, at Portainer.
        checks: Routes that are followed.
        hidden: What nobody may see of what runs, beside the secrets of the settings.
    """

    proxmox: str
    portainer: PortainerServer | None
    traefik: str
    name_server: str
    environments: Mapping[str, int] = field(default_factory=dict)
    projects: frozenset[str] = frozenset()
    checks: Sequence[RouteCheck] = ()
    hidden: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True)
class SeenContainer:
    """A container as the list shows it, and as it is described; what runs is described by its list."""

    listed: ListedContainer
    described: DockerContainer


@dataclass(frozen=True)
class Looked:
    """What was seen; None where nobody has answered.

    Attributes:
        engines: Containers by the environment's number, or why they are not known.
        chains: One for each route that was asked for.
    """

    proxmox: ProductView
    portainer: ProductView
    traefik: ProductView
    guests: Mapping[int, LiveGuest] | None = None
    environments: Sequence[Environment] | None = None
    records: Sequence[StackRecord] | None = None
    engines: Mapping[int, Sequence[SeenContainer] | Trouble] = field(default_factory=dict)
    chains: Sequence[Chain] | None = None

    @property
    def products(self) -> tuple[ProductView, ...]:
        """Those that a run talks to, in the order in which it does."""
        return self.proxmox, self.portainer, self.traefik

    @property
    def all_answer(self) -> bool:
        """Whether everybody who is known has answered."""
        return all(one.answers is not False for one in self.products)

    def environment(self, name: str, number: int) -> Environment | None:
        """Return an environment that Portainer has, by number, else by name."""
        known = self.environments or ()
        by_number = next((one for one in known if one.id == number), None)
        return by_number or next((one for one in known if one.name == name), None)


def trouble_of(error: PhoenixError) -> Trouble:
    """Return the parts of an error that fit on a screen."""
    reason = error.explanation if hasattr(error, "explanation") else None
    if reason is None:
        return Trouble(str(error).partition("\n")[0])
    return Trouble(reason.what, f"{reason.where}: {reason.seen}".strip(": "), reason.next_step)


def look(clients: ClientsOfRun, question: Question) -> Looked:
    """Ask everybody at the same time."""
    with ThreadPoolExecutor(max_workers=3) as pool:
        proxmox = pool.submit(_proxmox, clients, question)
        traefik = pool.submit(_traefik, clients, question)
        portainer = pool.submit(_portainer, clients, question)
        product, guests = proxmox.result()
        at_traefik, chains = traefik.result()
        seen = portainer.result()
    return Looked(product, seen.portainer, at_traefik, guests, seen.environments, seen.records, seen.engines, chains)


def _proxmox(clients: ClientsOfRun, question: Question) -> tuple[ProductView, Mapping[int, LiveGuest] | None]:
    if not question.proxmox:
        return ProductView("Proxmox", "", None), None
    try:
        guests = clients.proxmox(question.proxmox).settings.live_guests()
    except PhoenixError as error:
        return ProductView("Proxmox", question.proxmox, False, trouble_of(error)), None
    return ProductView("Proxmox", question.proxmox, True), guests


def _traefik(clients: ClientsOfRun, question: Question) -> tuple[ProductView, Sequence[Chain] | None]:
    if not question.traefik:
        return ProductView("Traefik", "", None), None
    try:
        api = clients.traefik(question.traefik)
        chains = route_chain.survey(api, question.name_server, question.checks)
    except PhoenixError as error:
        return ProductView("Traefik", question.traefik, False, trouble_of(error)), None
    return ProductView("Traefik", question.traefik, True), chains


@dataclass(frozen=True)
class _AtPortainer:
    portainer: ProductView
    environments: Sequence[Environment] | None = None
    records: Sequence[StackRecord] | None = None
    engines: Mapping[int, Sequence[SeenContainer] | Trouble] = field(default_factory=dict)


def _portainer(clients: ClientsOfRun, question: Question) -> _AtPortainer:
    server = question.portainer
    if server is None:
        return _AtPortainer(ProductView("Portainer", "", None))
    try:
        access = clients.portainer(server)
        environments, records = access.environments.all(), access.stacks.all()
    except PhoenixError as error:
        return _AtPortainer(ProductView("Portainer", server.url, False, trouble_of(error)))
    wanted = {one.id for one in environments if one.name in question.environments}
    wanted |= {one.id for one in environments} & set(question.environments.values())
    with ThreadPoolExecutor(max_workers=_ENGINES_AT_ONCE) as pool:
        secrets = [*clients.secret_values, *question.hidden]
        seen = pool.map(lambda number: _engine(access, number, question.projects, secrets), sorted(wanted))
        engines = dict(zip(sorted(wanted), seen, strict=True))
    return _AtPortainer(ProductView("Portainer", server.url, True), environments, records, engines)


def _engine(
    access: PortainerAccess, number: int, projects: Collection[str], secrets: Iterable[str]
) -> Sequence[SeenContainer] | Trouble:
    try:
        docker = access.docker(number)
        listed = [one for one in docker.everything() if one.project in projects and not one.one_off]
        described = {one.id: one for one in docker.described(listed)}
    except PhoenixError as error:
        return trouble_of(error)
    # A compose file may have built the name of an image out of anything.
    shown = (replace(one, image=redact(one.image, secrets)) for one in listed if one.id in described)
    return [SeenContainer(one, described[one.id]) for one in shown]
