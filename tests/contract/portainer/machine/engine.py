"""Pulumi's engine as far as our providers can tell: the real program, the real providers, and between them this.

The program runs under a monitor that does what the engine does with each registration: check, diff, create or update,
in the order of the edges, with outputs fed into inputs. Properties cross as protobuf does it: numbers become floats,
`None` is lost, what is unknown arrives as `Unknown`. Measured on the engine 3.220.0:

- first `read` of everything (of the targets only, with targets), before the program runs;
- nothing else is begun after an error, and nothing is deleted; deletions come last, dependents first;
- an untargeted resource is neither read nor checked nor compared, and gives its old outputs;
- the state is written after each step, so whoever is killed between a call and that write has done what nobody knows;
- a resource that is replaced is deleted first, after its dependents were compared with unknown values;
- a preview checks and compares with unknown values, and calls nothing else.
"""

from __future__ import annotations

import asyncio
import base64
import builtins
import contextlib
import contextvars
import functools
import io
import json
import logging
import os
import runpy
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dill
import pulumi
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import SETTINGS, set_root_resource
from pulumi.runtime.stack import run_in_stack, wait_for_rpcs

ROOT = Path(__file__).parents[4]
STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_KEY = "__provider"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_DYNAMIC = "pulumi-python:dynamic/phoenix:"
# What is about the products that have a stand-in here; everything else is taken to do what it is told.
DRIVEN = frozenset(
    _DYNAMIC + name
    for name in (
        "Inventory",
        "LastWord",
        "PortainerEndpoint",
        "PortainerRegistry",
        "PortainerStack",
        "TraefikConfig",
        "Verdict",
    )
)
_SCOPE_VARIABLES = ("PHOENIX_DECLARE", "PHOENIX_MEANT")
Wire = dict[str, Any]


class Killed(BaseException):
    """The engine and its providers are gone, in the middle of whatever they did."""


class StoppedError(Exception):
    """The engine begins nothing any more."""


class RefusedError(Exception):
    """What the engine itself says of a resource: its check failed, or its target cannot be reached."""


@dataclass
class Recorded:
    """One resource of the state; properties as they cross the wire, secrets without their wrapping."""

    type: str
    id: str
    inputs: Wire
    outputs: Wire
    after: frozenset[str]
    by_property: Mapping[str, frozenset[str]]


@dataclass
class Run:
    """What one run did.

    Attributes:
        steps: What was done, in order: (operation, resource name). Of a preview: what would be.
        errors: What was raised, as the engine shows it.
        crashes: Those of the errors that no provider meant to raise.
        warnings: What the providers said beside it.
        killed: Whether it was killed.
    """

    steps: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    warnings: str = ""
    killed: bool = False

    @property
    def failed(self) -> bool:
        """Whether it ended with another exit code than 0."""
        return bool(self.errors) or self.killed

    @property
    def changed(self) -> set[str]:
        """Names of the resources with which something was done."""
        return {name for _, name in self.steps}


@dataclass(frozen=True)
class Scope:
    """`phoenix sync stack`: targets, and what the program is told."""

    targets: frozenset[str]
    declared: frozenset[str]
    meant: frozenset[str]


class Engine:
    """A state, and runs that change it.

    Args:
        settings: Of namespace `phoenix`.
        begin: Called at the start of each run, when the provider process starts.
    """

    def __init__(self, settings: Mapping[str, Any], begin: Callable[[], None]) -> None:
        self.settings = dict(settings)
        self.state: dict[str, Recorded] = {}
        self._begin = begin

    def scope_of(self, stack: str) -> Scope:
        """Return what `phoenix sync stack` would make of a stack's resource name."""
        environment = f"environment@{stack.rpartition('@')[2]}"
        targets = {stack, "traefik-stacks", "verdict"}
        known = self.state.get(environment)
        if known is None or not known.outputs.get("environment_id"):
            targets.add(environment)
        declared = targets | set(self.state)
        return Scope(frozenset(targets), frozenset(declared), frozenset({stack, environment}))

    def up(self, scope: Scope | None = None, kill: tuple[int, str] | None = None) -> Run:
        """Refresh, run the program, delete what it no longer declares.

        Args:
            scope: None for everything.
            kill: Dies at that step (from 0) that changes something, "before" or "after" the call, with nothing of it
                in the state.
        """
        return _Pass(self, scope, kill, preview=False).run()

    def preview(self, scope: Scope | None = None) -> Run:
        """Say what would be done; the state stays as it is."""
        return _Pass(self, scope, None, preview=True).run()

    def begin(self) -> None:
        """Start the provider process anew."""
        self._begin()


class _Pass(Mocks):
    """One run."""

    def __init__(self, engine: Engine, scope: Scope | None, kill: tuple[int, str] | None, *, preview: bool) -> None:
        self._engine = engine
        self._scope = scope
        self._kill = kill
        self._preview = preview
        self._result = Run()
        self._old: dict[str, Recorded] = {}
        self._skipped: set[str] = set()
        self._registered: set[str] = set()
        self._done = 0
        self._lock = threading.Lock()
        self._plugin = _Plugin()
        self._state = dict(engine.state) if preview else engine.state

    def run(self) -> Run:
        """Do it all."""
        self._engine.begin()
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said), _environment(self._scope):
            try:
                self._refresh()
                self._old = dict(self._state)
                self._program(said)
                self._delete()
            except StoppedError:
                pass
            except Killed:
                self._result.killed = True
        self._result.warnings = said.getvalue()
        return self._result

    def _refresh(self) -> None:
        for name, item in list(self._state.items()):
            if item.type not in DRIVEN or (self._scope and name not in self._scope.targets):
                continue
            with self._reported(name):
                new_id, outputs, inputs = self._plugin.read(item.id, item.outputs)
                if not new_id:
                    del self._state[name]
                    continue
                self._state[name] = Recorded(
                    item.type, new_id, inputs or item.inputs, outputs, item.after, item.by_property
                )
                self._plugin.diff(new_id, outputs, inputs or item.inputs)

    def _program(self, said: io.StringIO) -> None:
        # Pulumi keeps what it works with in variables of the context, and in the thread's loop: nobody else gets what
        # is left of it.
        _program_thread().submit(contextvars.copy_context().run, self._run_program, said).result()

    def _run_program(self, said: io.StringIO) -> None:
        monitor = _Monitor(self)
        logger = logging.getLogger("phoenix.machine")
        logger.propagate = False
        logger.handlers = [logging.StreamHandler(said)]
        SETTINGS.outputs = set()
        set_mocks(self, "phoenix", "test", preview=self._preview, monitor=monitor, logger=logger)
        set_root_resource(None)
        values = {
            f"phoenix:{key}": value if isinstance(value, str) else json.dumps(value)
            for key, value in self._engine.settings.items()
        }
        pulumi.runtime.set_all_config(values, ["phoenix:secrets"])

        async def main() -> None:
            try:
                runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")
            except SystemExit:
                self._result.errors.append(said.getvalue())

        async def program() -> None:
            try:
                await run_in_stack(main)
                await wait_for_rpcs()
            finally:
                # Whatever waits for something that was stopped ends as well.
                await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)

        try:
            asyncio.get_event_loop_policy().get_event_loop().run_until_complete(program())
        except Exception as error:
            if self._result.killed:
                raise Killed from None
            if not self._result.errors:
                self._result.errors.append(f"the program: {error!r}")
                self._result.crashes.append("".join(traceback.format_exception(error)))
        if self._result.killed:
            raise Killed
        if self._result.errors:
            raise StoppedError

    def register(self, request: Any) -> tuple[str, Wire]:
        """Do what the engine does with one registration; return id and outputs."""
        with self._lock:
            if self._result.killed or self._result.errors:
                raise StoppedError("nothing is begun any more")
            name = request.name
            after = frozenset(_name(urn) for urn in request.dependencies)
            by_property = {
                key: frozenset(_name(urn) for urn in found.urns) for key, found in request.propertyDependencies.items()
            }
            self._registered.add(name)
            old = self._old.get(name)
            if not self._is_acted_on(name):
                if old is None:
                    self._skipped.add(name)
                    return "", {}
                return old.id, old.outputs
            with self._reported(name):
                if missing := after & self._skipped:
                    raise RefusedError(f"Resource '{name}' depends on '{missing}' which was was not specified")
                news = _bare(_data(request.object))
                for key in request.ignoreChanges:
                    if old is not None and key in old.inputs:
                        news[key] = old.inputs[key]
                wanted = Recorded(request.type, "", news, {}, after, by_property)
                return self._step(name, old, wanted)
            raise StoppedError(name)

    def _is_acted_on(self, name: str) -> bool:
        return self._scope is None or name in self._scope.targets

    def _step(self, name: str, old: Recorded | None, wanted: Recorded) -> tuple[str, Wire]:
        driven = wanted.type in DRIVEN
        if driven:
            inputs, failures = self._plugin.check(old.inputs if old else {}, wanted.inputs)
            if failures:
                raise RefusedError("; ".join(failures))
            wanted.inputs = inputs
        if old is None:
            return self._create(name, wanted)
        changes, replaces = (
            self._plugin.diff(old.id, old.outputs, wanted.inputs) if driven else (old.inputs != wanted.inputs, False)
        )
        if replaces:
            self._compare_dependents(name)
            self._change(name, "delete", lambda: self._plugin.delete(old.id, old.outputs))
            self._state.pop(name, None)
            return self._create(name, wanted)
        wanted.id = old.id
        if not changes:
            wanted.outputs = old.outputs
        elif driven and not self._preview:
            wanted.outputs = self._change(
                name, "update", lambda: self._plugin.update(old.id, old.outputs, wanted.inputs)
            )
        else:
            self._change(name, "update", lambda: None)
            wanted.outputs = self._told(wanted)
        self._state[name] = wanted
        return wanted.id, wanted.outputs

    def _create(self, name: str, wanted: Recorded) -> tuple[str, Wire]:
        if wanted.type in DRIVEN and not self._preview:
            wanted.id, wanted.outputs = self._change(name, "create", lambda: self._plugin.create(wanted.inputs))
            if not wanted.id:
                raise RuntimeError("empty resource.ID")
        else:
            self._change(name, "create", lambda: None)
            wanted.id, wanted.outputs = "" if self._preview else name, self._told(wanted)
        self._state[name] = wanted
        return wanted.id, wanted.outputs

    def _told(self, wanted: Recorded) -> Wire:
        """Return what a resource gives that does what it is told; in a preview what is computed stays unknown."""
        if self._preview and wanted.type in DRIVEN:
            return dict(wanted.inputs)
        kind = wanted.type.rpartition(":")[2]
        more: dict[str, Wire] = {
            "TakeOverGuard": {"found": {}},
            "FirewallWatch": {"change": "1", "memory": {}},
            "DnsAnswers": {"failure": ""},
        }
        return wanted.inputs | more.get(kind, {})

    def _compare_dependents(self, name: str) -> None:
        """Compare with unknown values whatever is made from the outputs of a resource that is about to be replaced."""
        for other in self._state.values():
            unknown = {key: rpc.UNKNOWN for key, names in other.by_property.items() if name in names}
            if unknown and other.type in DRIVEN:
                self._plugin.diff(other.id, other.outputs, other.inputs | unknown)

    def _change(self, name: str, operation: str, call: Callable[[], Any]) -> Any:
        """Do one step that changes something, and die at the chosen one."""
        number, self._done = self._done, self._done + 1
        if self._kill == (number, "before"):
            raise Killed
        self._result.steps.append((operation, name))
        result = None if self._preview else call()
        if self._kill == (number, "after"):
            raise Killed
        return result

    def _delete(self) -> None:
        leaving = [name for name in self._state if name not in self._registered]
        if self._scope:
            leaving = [name for name in leaving if name in self._scope.targets]
        while leaving:
            free = [
                name
                for name in leaving
                if not any(name in self._state[other].after for other in leaving if other != name)
            ]
            name = free[-1]
            leaving.remove(name)
            item = self._state[name]
            with self._reported(name):
                if item.type in DRIVEN:
                    self._change(name, "delete", lambda item=item: self._plugin.delete(item.id, item.outputs))
                else:
                    self._change(name, "delete", lambda: None)
                del self._state[name]

    @contextlib.contextmanager
    def _reported(self, name: str) -> Iterator[None]:
        """Keep what a step raises; nothing is begun after it."""
        try:
            yield
        except Killed:
            self._result.killed = True
            raise
        except StoppedError:
            raise
        except Exception as error:
            self._result.errors.append(f"{name}: {type(error).__name__}: {error}")
            if not _is_meant(error):
                self._result.crashes.append("".join(traceback.format_exception(error)))
            raise StoppedError(name) from error

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Never called: the monitor registers by itself."""
        raise NotImplementedError

    def call(self, _args: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Tell the program what is in the state."""
        outputs = {
            f"urn:pulumi:test::phoenix::{item.type}::{name}": {"type": item.type, "outputs": item.outputs}
            for name, item in self._old.items()
        }
        return {"outputs": outputs}, []


class _Monitor(MockMonitor):
    """Hands registrations to the pass."""

    def __init__(self, mocks: _Pass) -> None:
        super().__init__(mocks)
        self._pass = mocks

    def RegisterResource(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        # Components are nothing but a place in the tree.
        if request.type == STACK_TYPE or not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        try:
            id_, outputs = self._pass.register(request)
        except Killed:
            raise StoppedError("killed") from None
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=_struct(outputs))


class _Plugin:
    """The process with the dynamic providers, as `python -m pulumi.dynamic` serves them."""

    def __init__(self) -> None:
        self._providers: dict[str, Any] = {}

    def check(self, olds: Wire, news: Wire) -> tuple[Wire, list[str]]:
        result = self._provider(news).check(_arrived(olds, unknown=True), _arrived(news, unknown=True))
        failures = [failure.reason for failure in result.failures]
        return _sent({**result.inputs, PROVIDER_KEY: news[PROVIDER_KEY]}), failures

    def diff(self, id_: str, olds: Wire, news: Wire) -> tuple[bool, bool]:
        result = self._provider(news).diff(id_, _arrived(olds, unknown=True), _arrived(news, unknown=True))
        return bool(result.changes), bool(result.replaces)

    def create(self, inputs: Wire) -> tuple[str, Wire]:
        result = self._provider(inputs).create(_arrived(inputs))
        return str(result.id), _sent({**(result.outs or {}), PROVIDER_KEY: inputs[PROVIDER_KEY]})

    def update(self, id_: str, olds: Wire, news: Wire) -> Wire:
        result = self._provider(news).update(id_, _arrived(olds), _arrived(news))
        return _sent({**(result.outs or {}), PROVIDER_KEY: news[PROVIDER_KEY]})

    def delete(self, id_: str, outputs: Wire) -> None:
        self._provider(outputs).delete(id_, _arrived(outputs))

    def read(self, id_: str, outputs: Wire) -> tuple[str, Wire, Wire | None]:
        result = self._provider(outputs).read(id_, _arrived(outputs))
        outs = _sent({**result.outs, PROVIDER_KEY: outputs[PROVIDER_KEY]})
        if result.inputs is None:
            return str(result.id), outs, None
        return str(result.id), outs, _sent({**result.inputs, PROVIDER_KEY: outputs[PROVIDER_KEY]})

    def _provider(self, properties: Wire) -> Any:
        text = properties[PROVIDER_KEY]
        if text not in self._providers:
            self._providers[text] = dill.loads(base64.b64decode(text))
        return self._providers[text]


def _is_meant(error: Exception) -> bool:
    """Whether the engine shows it as we wrote it: those errors are of classes that are made for that."""
    made_for_that = type(error).__module__ == "builtins" and not hasattr(builtins, type(error).__name__)
    return made_for_that or isinstance(error, RefusedError)


def _data(struct: Any) -> Wire:
    return dict(json_format.MessageToDict(struct))


def _struct(data: Wire) -> Any:
    struct = struct_pb2.Struct()
    struct.update(data)
    return struct


def _arrived(data: Wire, *, unknown: bool = False) -> dict[str, Any]:
    return dict(rpc.deserialize_properties(_struct(data), unknown))


def _sent(properties: Mapping[str, Any]) -> Wire:
    return _bare(_data(_in_new_loop(lambda: rpc.serialize_properties(dict(properties), {}))))


def _bare(value: Any) -> Any:
    """Take secrets out of their wrapping, as for a provider that does not accept them; `None` vanishes."""
    if isinstance(value, dict):
        if _SIGNATURE in value and "value" in value:
            return _bare(value["value"])
        return {key: _bare(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_bare(item) for item in value]
    return value


def _in_new_loop(work: Callable[[], Any]) -> Any:
    """Run a coroutine in a loop of its own."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work())
    finally:
        loop.close()


@functools.cache
def _program_thread() -> ThreadPoolExecutor:
    """Return the thread of all programs."""
    return ThreadPoolExecutor(1, initializer=_begin_loop)


def _begin_loop() -> None:
    """Give the thread a loop; calls are made in order, one at a time."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    # What was stopped leaves results behind for which nobody asks.
    loop.set_exception_handler(lambda _loop, _context: None)
    asyncio.set_event_loop(loop)


@contextlib.contextmanager
def _environment(scope: Scope | None) -> Iterator[None]:
    before = {name: os.environ.pop(name, None) for name in _SCOPE_VARIABLES}
    if scope:
        os.environ["PHOENIX_DECLARE"] = _words(scope.declared)
        os.environ["PHOENIX_MEANT"] = _words(scope.meant)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def _words(names: Iterable[str]) -> str:
    return " ".join(sorted(names))


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]
