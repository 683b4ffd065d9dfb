"""The real program under Pulumi's mocks: what it declares, with which inputs, and what comes after what."""

from __future__ import annotations

import asyncio
import gc
import json
import runpy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import pytest
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.mocks import MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.stack import run_in_stack, wait_for_rpcs
from pulumi.runtime.sync_await import _sync_await

from phoenix_providers.resources.nested_inputs import as_declared

ROOT = Path(__file__).parents[2]
LAST_WORD = "last-word-"


@dataclass
class Declared:
    """What one run of the program declared, by resource name; last words and components stand apart."""

    types: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    direct: dict[str, set[str]] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)
    former: dict[str, list[str]] = field(default_factory=dict)
    last_words: dict[str, set[str]] = field(default_factory=dict)
    aliases: dict[str, list[str]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    components: dict[str, str] = field(default_factory=dict)
    told: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    with_call_stack: list[str] = field(default_factory=list)

    def comes_after(self, name: str) -> set[str]:
        """Everything that a resource depends on, directly or not."""
        found: set[str] = set()
        waiting = list(self.direct[name])
        while waiting:
            other = waiting.pop()
            if other not in found:
                found.add(other)
                waiting += self.direct[other]
        return found


class _Monitor(MockMonitor):
    """A monitor that also remembers the edges."""

    def __init__(self, mocks: Mocks, declared: Declared) -> None:
        super().__init__(mocks)
        self._declared = declared

    def RegisterResource(self, request: Any) -> Any:
        if request.type != "pulumi:pulumi:Stack":
            self._note(request)
        return super().RegisterResource(request)

    def _note(self, request: Any) -> None:
        above = request.parent.rpartition("::")[2]
        if (request.HasField("stackTrace") and request.stackTrace.frames) or request.HasField("sourcePosition"):
            self._declared.with_call_stack.append(request.name)
        self._declared.parents[request.name] = "" if above == "phoenix-test" else above
        if not request.custom:
            self._declared.components[request.name] = request.type
            assert not request.dependencies
        elif not request.name.startswith(LAST_WORD):
            self._declared.types[request.name] = request.type
            self._declared.kept[request.name] = list(request.ignoreChanges)
            self._declared.aliases[request.name] = urns = [one.urn for one in request.aliases if one.urn]
            names = [urn.rpartition("::")[2] for urn in urns]
            self._declared.former[request.name] = [name for name in names if name != request.name]
            before = {urn.rpartition("::")[2] for urn in request.dependencies}
            self._declared.direct[request.name] = {name for name in before if not name.startswith(LAST_WORD)}
            self._declared.last_words[request.name] = before - self._declared.direct[request.name]

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self._declared.told[request.urn.rpartition("::")[2]] = MessageToDict(request.outputs)
        return super().RegisterResourceOutputs(request)


class _Answers(Mocks):
    """Outputs as our providers give them when all is well."""

    def __init__(self, declared: Declared, state: Mapping[str, Any], answers: Mapping[str, Mapping[str, Any]]) -> None:
        self._declared = declared
        self._state = state
        self._answers = answers

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        args.inputs = as_declared(args.inputs)
        self._declared.inputs[args.name] = args.inputs
        outputs = {**args.inputs}
        if args.typ.endswith(":PortainerEndpoint"):
            outputs |= {"environment_id": 1, "failure": ""}
        if args.typ.endswith(":PortainerRegistry"):
            outputs |= {"registry_id": 1, "failure": ""}
        if args.typ.endswith(":PortainerStack") and "routes" in args.inputs:
            outputs |= {"live_routes": args.inputs["routes"], "failure": "", "stack_id": 1}
        if args.typ.endswith(":DnsAnswers"):
            outputs |= {"failure": ""}
        if args.typ.endswith(":TakeOverGuard"):
            outputs |= {"found": {}}
        if args.typ.endswith(":FirewallWatch"):
            outputs |= {"change": "1", "memory": {}}
        return args.name, outputs | self._answers.get(args.name, {})

    def call(self, _args: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        return {"outputs": dict(_stored(name, outputs) for name, outputs in self._state.items())}, []


def _stored(name: str, outputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    kind = _type(outputs)
    urn = f"urn:pulumi:test::phoenix::{outputs.get('__above', '')}{kind}::{name}"
    return urn, {"type": kind, "outputs": outputs}


def _type(outputs: Mapping[str, Any]) -> str:
    if "__type" in outputs:
        return str(outputs["__type"])
    return "pulumi-python:dynamic/phoenix:PortainerStack" if "compose" in outputs else "a:b:C"


RunProgram = Callable[..., Declared]


@pytest.fixture(scope="session")
def event_loop() -> None:
    """Make sure that the thread has an event loop, which Pulumi takes: other tests may have left none.

    It is not closed: Pulumi's worker threads would go with it, and leave their own loops open.
    """
    try:
        asyncio.get_event_loop_policy().get_event_loop()
    except RuntimeError:
        asyncio.set_event_loop(asyncio.new_event_loop())


@pytest.fixture
def collections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let Python look for garbage as it did before, once the program has run; what tests leave does go away."""
    monkeypatch.setattr(gc, "freeze", lambda: None)
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.fixture
def run_program(monkeypatch: pytest.MonkeyPatch, event_loop: None, collections: None) -> RunProgram:
    """Return a function that runs `__main__.py` with settings and gives what it declared.

    `state` has the outputs of the resources that are recorded, by name (and, where it matters, `__type`, and `__above`,
    the types of the components in which it is);
    `answers` has more outputs, of this run.
    """

    def run(
        settings: Mapping[str, Any] | None = None,
        scope: str = "",
        state: Mapping[str, Any] | None = None,
        answers: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Declared:
        declared = Declared()
        mocks = _Answers(declared, state or {}, answers or {})
        set_mocks(mocks, "phoenix", "test", preview=False, monitor=_Monitor(mocks, declared))
        values = {
            "configDir": str(ROOT / "config"),
            "traefikTarget": "/nowhere",
            "secrets": json.dumps({"MINIFLUX_DB_PASSWORD": "canary-secret"}),
            **(settings or {}),
        }
        pulumi.runtime.set_all_config(
            {f"phoenix:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in values.items()},
            ["phoenix:secrets"],
        )
        monkeypatch.setenv("PHOENIX_DECLARE", scope) if scope else monkeypatch.delenv("PHOENIX_DECLARE", False)

        async def program() -> None:
            runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

        pulumi.runtime.settings.set_root_resource(None)
        # What other tests have left there may be of a loop that is closed.
        pulumi.runtime.settings.SETTINGS.outputs.clear()
        _sync_await(run_in_stack(program))
        _sync_await(wait_for_rpcs())
        return declared

    return run
