"""What those share that make nothing: they remember, judge, wait or put right, and only the state has them."""

from __future__ import annotations

from typing import ClassVar

from pulumi.dynamic import CheckResult

from phoenix_providers.resources.provider import (
    CreateResult,
    PhoenixProvider,
    Properties,
    ReadResult,
    UpdateResult,
    without_provider_key,
)


class StateOnlyProvider(PhoenixProvider):
    """Base of providers of which nothing is anywhere but in the state.

    A subclass says how its resource is called (`own_id` or `id_of`), what a first and a later run do alike (`settled`),
    and as a rule `check` and `diff`. One that looks at something writes its own `read`, and calls no method of this
    class from there: each of them turns properties into the engine's form.
    """

    own_id: ClassVar[str] = ""

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Take what is declared."""
        return CheckResult(without_provider_key(news), [])

    def create(self, props: Properties) -> CreateResult:
        """Do what a first run has to do, and remember."""
        return CreateResult(self.id_of(props), self.settled({}, props))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Return what is remembered: there is nothing live to look at."""
        return ReadResult(id_, without_provider_key(props))

    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Do what a later run has to do, and remember."""
        return UpdateResult(self.settled(olds, news))

    def delete(self, _id: str, _props: Properties) -> None:
        """Forget: nothing of it is anywhere but in the state."""

    def id_of(self, _props: Properties) -> str:
        """Return what the state calls it."""
        return self.own_id

    def settled(self, _olds: Properties, news: Properties) -> Properties:
        """Do what has to be done, and return what to remember; `_olds` is empty in a first run."""
        return without_provider_key(news)
