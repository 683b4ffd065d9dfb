"""What all do of which nothing is anywhere but in the state."""

from __future__ import annotations

from pulumi.dynamic import DiffResult

from phoenix_providers.resources.provider import PROVIDER_KEY, Properties
from phoenix_providers.resources.state_only_provider import StateOnlyProvider

INPUTS = {"names": ["a"], PROVIDER_KEY: "serialized"}


class Plain(StateOnlyProvider):
    """Remembers."""

    own_id = "plain"

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        return DiffResult(changes=olds.get("names") != news["names"])


class Judging(StateOnlyProvider):
    """Looks at what was before."""

    def id_of(self, props: Properties) -> str:
        return f"judging-{props['names'][0]}"

    def settled(self, olds: Properties, news: Properties) -> Properties:
        return {"names": news["names"], "before": olds.get("names")}


def test_it_remembers_its_inputs_and_nothing_of_the_engine() -> None:
    one = Plain()
    created = one.create(dict(INPUTS))
    assert (created.id, created.outs) == ("plain", {"names": ["a"]})
    assert one.update("plain", dict(INPUTS), {**INPUTS, "names": ["b"]}).outs == {"names": ["b"]}
    read = one.read("plain", dict(INPUTS))
    assert (read.id, read.outs, read.inputs) == ("plain", {"names": ["a"]}, None)
    assert one.diff("plain", read.outs, dict(INPUTS)).changes is False
    one.delete("plain", dict(INPUTS))


def test_a_first_run_knows_of_nothing_before_it() -> None:
    one = Judging()
    created = one.create(dict(INPUTS))
    assert (created.id, created.outs) == ("judging-a", {"names": ["a"]})
    later = one.update(created.id, dict(created.outs), {**INPUTS, "names": ["b"]})
    assert later.outs == {"names": ["b"], "before": ["a"]}
