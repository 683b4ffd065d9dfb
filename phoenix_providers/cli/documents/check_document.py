"""What `phoenix check --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from phoenix_providers.cli.documents.document import Document
from phoenix_providers.operations.traefik.route_chain import Chain


class FollowedStep(BaseModel):
    """One link of the chain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Literal["DNS", "entry point", "router", "back end", "status"]
    fine: bool
    text: str = Field(description="What was found; where it breaks, the cause.")


class FollowedRoute(BaseModel):
    """One routed name, followed as far as it goes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(description="The host name; of a route without one, its router.")
    owner: str = Field(description="NAME@VMID of the stack, or `infrastructure` for routes of guests.")
    protocol: Literal["http", "tcp", "udp"]
    back_ends: tuple[str, ...]
    answered: bool
    steps: tuple[FollowedStep, ...] = Field(description="Up to the one that breaks.")
    cause: str = Field(description="Why it breaks; empty if it does not.")
    next_step: str = Field(description="What to do about it.")


class CheckDocument(Document):
    """Every published route, from the DNS answer to the back end's status."""

    command: ClassVar[str] = "check"

    answered: int = Field(description="How many routes are answered.")
    routes: tuple[FollowedRoute, ...]
    volumes: tuple[str, ...] = Field(description="In words: volumes of stacks that are gone; none with a NAME.")

    @classmethod
    def of(cls, chains: Sequence[Chain], volumes: Sequence[str]) -> CheckDocument:
        """Return it for chains."""
        return cls(
            answered=sum(chain.broken is None for chain in chains),
            routes=tuple(map(_route, chains)),
            volumes=tuple(volumes),
        )


def _route(chain: Chain) -> FollowedRoute:
    broken = chain.broken
    return FollowedRoute(
        name=chain.check.name,
        owner=chain.check.owner,
        protocol=chain.check.protocol,
        back_ends=chain.check.backends,
        answered=broken is None,
        steps=tuple(
            FollowedStep.model_validate({"name": one.name, "fine": one.fine, "text": one.text}) for one in chain.steps
        ),
        cause=broken.text if broken else "",
        next_step=broken.next_step if broken else "",
    )
