"""What was found out about one thing; what all kinds have in common is added behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from phoenix_providers.cli.reasons.reason import Asked, Waiting
from phoenix_providers.cli.site_view.known import Known
from phoenix_providers.cli.site_view.looked import Looked, Question, SeenContainer
from phoenix_providers.cli.site_view.site_view import EnvironmentView, ProductView, Standing
from phoenix_providers.models.location import Location
from phoenix_providers.operations.traefik.route_chain import Chain

Look = Callable[[Question], Looked]


@dataclass(frozen=True)
class Found:
    """What was found out.

    Attributes:
        main: Name in the state whose last change counts.
        resources: Names in the state of all that a run might change of it.
        looked: What was seen on the way.
        next_step: What mends it; empty if nothing has to be.
    """

    standing: Standing
    verdict: str
    asked: tuple[Asked, ...]
    waits: tuple[Waiting, ...]
    live: tuple[str, ...]
    main: str
    resources: frozenset[str]
    looked: Looked
    next_step: str = ""


def asked_at(place: Location | str | None, text: str) -> Asked:
    """Return what asks for something, with its place."""
    return Asked(str(place or ""), text)


def silent_products(looked: Looked) -> Iterator[Waiting]:
    """Yield who did not answer."""
    for product in looked.products:
        if product.trouble is not None:
            seen = f" ({product.trouble.seen})" if product.trouble.seen else ""
            yield Waiting(f"{product.trouble.what}{seen}", next_step=product.trouble.next_step)


def silent_environment(known: Known, environment: EnvironmentView | None) -> Iterator[Waiting]:
    """Yield why the engine of an environment is not heard, or could not be brought."""
    if environment is None or environment.trouble is None:
        return
    thing = known.stored.things.get(environment.resource_name)
    is_recorded = thing is not None and bool(thing.outputs.get("failure"))
    since = thing.modified if thing is not None and is_recorded else None
    yield Waiting(environment.trouble.what, since, environment.trouble.next_step)


def told_containers(seen: Sequence[SeenContainer]) -> Iterator[str]:
    """Yield each container in Docker's own words."""
    for one in seen:
        status = one.listed.status or one.described.state
        yield f"{one.listed.service}: {status}, {one.listed.image}"


def told_chain(chain: Chain) -> Iterator[str]:
    """Yield each link of a route's chain, up to where it breaks."""
    for step in chain.steps:
        yield f"{step.name}: {step.text}" if step.fine else f"{step.name} breaks: {step.text}"


def unasked() -> Looked:
    """Return what is seen by somebody who asks nobody."""
    proxmox, portainer, traefik = (ProductView(name, "", None) for name in ("Proxmox", "Portainer", "Traefik"))
    return Looked(proxmox, portainer, traefik)
