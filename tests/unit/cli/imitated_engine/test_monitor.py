"""The engine as the program sees it, without a program."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import resource_pb2

from phoenix_providers.cli.imitated_engine.kind import RefusedError
from phoenix_providers.cli.imitated_engine.monitor import STACK, Monitor
from phoenix_providers.cli.imitated_engine.refresh import Refresh
from phoenix_providers.cli.imitated_engine.steps import Comparison, Step
from phoenix_providers.cli.imitated_engine.stored_state import StoredResource

BEGIN = "urn:pulumi:lab::site::"
OLD = StoredResource(f"{BEGIN}a:b:C::one", "a:b:C", "1", inputs={"a": 1.0}, outputs={"a": 1.0, "made": "x"})
SITE = StoredResource(f"{BEGIN}{STACK}::site-lab", STACK, is_custom=False)
GROUP = StoredResource(f"{BEGIN}phoenix:site:Group::group", "phoenix:site:Group", is_custom=False)


class Provider:
    """Takes everything; what is called `gone` is gone, `silent` cannot be looked at, `bad` is refused."""

    def read(self, stored: StoredResource) -> StoredResource | None:
        if stored.name == "silent":
            raise ConnectionError("no answer")
        return None if stored.name == "gone" else replace(stored, outputs={**stored.outputs, "read": True})

    def check(self, urn: str, old: StoredResource | None, inputs: dict[str, Any]) -> dict[str, Any]:
        if urn.endswith("::bad"):
            raise RefusedError("bad")
        return inputs | {"checked": True}

    def compare(self, old: StoredResource, inputs: dict[str, Any], ignored: tuple[str, ...]) -> Comparison:
        assert old.outputs["read"]
        assert inputs["checked"]
        return Comparison(old.inputs["a"] != inputs["a"])


def monitor_of(*stored: StoredResource) -> Monitor:
    refresh = Refresh(stored, lambda _type: Provider(), lambda: None)
    return Monitor("site", "lab", stored, refresh, lambda _type: Provider())


def request(name: str, inputs: dict[str, Any], **more: Any) -> resource_pb2.RegisterResourceRequest:
    asked = resource_pb2.RegisterResourceRequest(type="a:b:C", name=name, custom=True, **more)
    asked.object.update(inputs)
    return asked


def outputs(answer: resource_pb2.RegisterResourceResponse) -> dict[str, Any]:
    return MessageToDict(answer.object)


@pytest.fixture
def monitor() -> Monitor:
    return monitor_of(SITE, OLD, GROUP)


def test_what_is_as_declared_gives_what_was_read(monitor: Monitor) -> None:
    answer = monitor.RegisterResource(request("one", {"a": 1}))
    assert (answer.id, outputs(answer)) == ("1", {"a": 1.0, "made": "x", "read": True})
    assert monitor.steps == [Step("same", OLD.urn)]


def test_what_changes_gives_what_is_declared_and_no_more(monitor: Monitor) -> None:
    answer = monitor.RegisterResource(request("one", {"a": 2}))
    assert (answer.id, outputs(answer)) == ("1", {"a": 2.0, "checked": True})
    assert monitor.steps == [Step("update", OLD.urn, ("a", "checked"))]


def test_what_is_new_or_gone_is_created_and_has_no_number_yet(monitor: Monitor) -> None:
    answer = monitor.RegisterResource(request("two", {"a": 2}))
    assert (answer.id, outputs(answer)) == ("", {"a": 2.0, "checked": True})
    gone = replace(OLD, urn=f"{BEGIN}a:b:C::gone")
    other = monitor_of(gone)
    other.RegisterResource(request("gone", {"a": 1}))
    assert [*monitor.steps, *other.steps, *other.deletions()] == [
        Step("create", f"{BEGIN}a:b:C::two"),
        Step("create", gone.urn),
    ]


def test_an_alias_finds_what_was_elsewhere_and_it_is_not_deleted(monitor: Monitor) -> None:
    asked = request("new", {"a": 1}, parent=GROUP.urn)
    asked.aliases.add(urn=OLD.urn)
    answer = monitor.RegisterResource(asked)
    assert answer.urn == f"{BEGIN}phoenix:site:Group$a:b:C::new"
    assert monitor.steps == [Step("same", answer.urn)]
    assert OLD.urn not in {step.urn for step in monitor.deletions()}


def test_what_is_below_the_stack_itself_has_no_type_in_front(monitor: Monitor) -> None:
    assert monitor.RegisterResource(request("one", {"a": 1}, parent=SITE.urn)).urn == OLD.urn


def test_what_nobody_declares_is_deleted(monitor: Monitor) -> None:
    monitor.RegisterResource(resource_pb2.RegisterResourceRequest(type=STACK, name="site-lab"))
    assert monitor.deletions() == [Step("delete", OLD.urn), Step("delete", GROUP.urn)]


def test_a_refusal_ends_the_run(monitor: Monitor) -> None:
    for name in ("bad", "one"):
        with pytest.raises(RefusedError, match="bad"):
            monitor.RegisterResource(request(name, {"a": 1}))
    assert isinstance(monitor.failure, RefusedError)
    assert monitor.steps == []


def test_what_cannot_be_looked_at_ends_the_run() -> None:
    monitor = monitor_of(replace(OLD, urn=f"{BEGIN}a:b:C::silent"))
    with pytest.raises(ConnectionError, match="no answer"):
        monitor.RegisterResource(request("one", {"a": 1}))


def test_the_program_is_told_the_state_as_it_was_before_the_refresh(monitor: Monitor) -> None:
    asked = resource_pb2.ResourceInvokeRequest(tok="pulumi:pulumi:readStackResourceOutputs")
    told = MessageToDict(getattr(monitor.Invoke(asked), "return"))["outputs"]
    assert told[OLD.urn] == {"type": "a:b:C", "outputs": {"a": 1.0, "made": "x"}}


def test_a_run_with_targets_looks_at_them_alone_and_does_nothing_to_others() -> None:
    silent, left = replace(OLD, urn=f"{BEGIN}a:b:C::silent"), replace(OLD, urn=f"{BEGIN}a:b:C::left")
    stored = (SITE, OLD, silent, left)
    refresh = Refresh(stored, lambda _type: Provider(), lambda: None, {"one"})
    monitor = Monitor("site", "lab", stored, refresh, lambda _type: Provider(), {"one"})

    monitor.RegisterResource(request("one", {"a": 2}))
    answer = monitor.RegisterResource(request("silent", {"a": 7}))

    assert (answer.id, outputs(answer)) == ("1", {"a": 1.0, "made": "x"})
    assert [(step.operation, step.name) for step in monitor.steps] == [("update", "one"), ("same", "silent")]
    assert monitor.deletions() == []
