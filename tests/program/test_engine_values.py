"""Every input of every resource: what the engine does to it on its way, and what is not known yet in a preview.

The inputs are those of the real program, so that a new one is tried as soon as it is declared.
"""

from __future__ import annotations

import asyncio
import copy
import importlib
import json
import pkgutil
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.output import Unknown
from pulumi.runtime import rpc

from phoenix_providers import resources
from phoenix_providers.errors import PhoenixError, UnreachableError
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.resources.by_line import whole
from phoenix_providers.resources.engine_values import from_engine
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import PROVIDER_KEY, PhoenixProvider, has_unknown

for _module in pkgutil.iter_modules(resources.__path__, f"{resources.__name__}."):
    importlib.import_module(_module.name)


def _stored(base: type[PhoenixProvider]) -> list[type[PhoenixProvider]]:
    """The classes that states name; a class with others below it is only a base."""
    below = base.__subclasses__()
    return [one for child in below for one in _stored(child)] if below else [base]


PROVIDERS = {one.__name__: one for one in _stored(PhoenixProvider) if one.__module__.startswith(resources.__name__)}

ROOT = Path(__file__).parents[2]
REGISTRY = """registries:
  - {name: team, url: docker.io, user: reader, password: {secret: MINIFLUX_DB_PASSWORD}}
"""
NAMES = """
  aliases: {office: 10.0.5.0/24}
  ip_sets: {trusted: {members: [dc/office, {cidr: 10.0.5.66, nomatch: true}]}}
  security_groups: {web: {rules: [{proto: tcp, port: 80, source: +trusted}]}}
"""
CLOSING = "    - {type: in, action: DROP, source: 10.0.5.66}\n"
SECRETS = dict.fromkeys(("MINIFLUX_DB_PASSWORD", "PAPERLESS_SECRET_KEY", "RESTIC_PASSWORD"), "canary")
LABELS = """
          - traefik.http.routers.grafana.priority=10
          - traefik.http.middlewares.grafana-slow.buffering.maxRequestBodyBytes=9007199254740993
"""
# What a provider adds, once all is well.
COMPUTED: dict[str, Any] = {
    "stack_id": 3,
    "live_routes": "{}",
    "failure": "",
    "failed_digest": "",
    "failed_reason": "",
    "stamp": "1",
    "made": {},
    "environment_id": 2,
    "instance": "one",
    "registry_id": 1,
    "password_digest": "",
    "admitted": [2],
    "unanswered": [],
    "written": "",
    "change": "",
    "memory": "{}",
    "found": {},
    "settled": {},
}
Inputs = dict[str, Any]
Place = tuple[Any, ...]
# What the real program declares, by provider: made by the first test that asks.
_DECLARED: dict[str, dict[str, Inputs]] = {}


class _Clock:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds


class _SilentProxmox:
    @property
    def settings(self) -> Any:
        raise UnreachableError("silent")

    def answers(self) -> bool:
        return False

    def answers_now(self) -> bool:
        return False


class _Silent(ClientsOfRun):
    """Nothing answers."""

    def portainer(self, server: Any) -> Any:
        raise UnreachableError("silent", where=str(server))

    def traefik(self, url: str) -> Any:
        raise UnreachableError("silent", where=url)

    def delivery(self, target: str, *_: Any) -> Any:
        raise UnreachableError("silent", where=target)

    def persistent_connection(self, url: str) -> Any:
        raise UnreachableError("silent", where=url)

    def proxmox(self, _url: str) -> Any:
        return _SilentProxmox()


@pytest.fixture(autouse=True)
def silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("phoenix_providers.operations.readiness.failed_checks", lambda *_: ())
    monkeypatch.setattr("phoenix_providers.clients.dns.survey.unanswered", lambda *_: {})
    monkeypatch.setattr("phoenix_providers.clients.dns.generated_names.generated_names", lambda *_: {})
    monkeypatch.setattr("phoenix_providers.operations.readiness.wait_until_ready", lambda *_: None)
    clients_of_run.use(_Silent(Settings(), Credentials(), clock=_Clock()))
    yield
    clients_of_run.use(None)


@pytest.fixture
def declared(run_program: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return by provider: {said: as the program declares it, inputs: as the provider gets it}, of its richest."""
    if _DECLARED:
        return _DECLARED
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    site, manifest = config / "site.yaml", config / "stacks" / "grafana" / "phoenix.yaml"
    dnsmasq = site.read_text().replace("dns_server:\n  enabled: true", "dns_server:\n  backend: dnsmasq\n  target: d")
    named = dnsmasq.replace("\nfirewall:\n", f"\nfirewall:{NAMES}")
    site.write_text(named.replace("global_firewall_rules:\n", f"global_firewall_rules:\n{CLOSING}") + REGISTRY)
    manifest.write_text(manifest.read_text().rstrip() + LABELS)
    declarations: list[tuple[str, str, Inputs]] = []
    found: dict[str, dict[str, Inputs]] = {}
    original = PhoenixResource.__init__

    def noting(self: Any, provider: Any, name: str, props: Mapping[str, Any], opts: Any = None) -> None:
        declarations.append((type(provider).__name__, name, dict(props)))
        original(self, provider, name, props, opts)

    monkeypatch.setattr(PhoenixResource, "__init__", noting)
    program = run_program({"configDir": str(config), "dnsServer": "127.0.0.1:53", "secrets": json.dumps(SECRETS)})
    for provider, name, said in declarations:
        inputs = {key: value for key, value in program.inputs[name].items() if key != PROVIDER_KEY}
        if len(_places(said)) >= len(_places(found.get(provider, {}).get("said"))):
            found[provider] = {"said": said, "inputs": _without_secrets(inputs)}
    assert found.keys() == PROVIDERS.keys()
    _DECLARED.update(found)
    return found


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_input_arrives_as_it_was_declared(declared: Any, provider: str) -> None:
    said, got = declared[provider]["said"], from_engine(declared[provider]["inputs"])
    compared = [key for key in said if not _has_output(said[key])]
    assert compared or not said
    assert {key: _typed(got.get(key)) for key in compared} == {key: _typed(said[key]) for key in compared}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_second_pass_is_empty_with_the_numbers_of_the_engine(declared: Any, provider: str) -> None:
    one, inputs = PROVIDERS[provider](), _settled(declared[provider]["inputs"])
    first = _wired(one.check({}, _wired(inputs)).inputs)
    second = _wired(one.check(first, _wired(inputs)).inputs)
    assert _typed(second) == _typed(first)
    assert one.diff("id", _wired(COMPUTED | first), second).changes is False


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_product_that_does_not_answer_changes_no_input(declared: Any, provider: str) -> None:
    one, inputs = PROVIDERS[provider](), _settled(declared[provider]["inputs"])
    stored = _wired(COMPUTED | _wired(one.check({}, _wired(inputs)).inputs))
    read = one.read("id", stored)
    for found in (read.outs, read.inputs or {}):
        # Inputs may be stored in another form than outputs.
        seen = {key: whole(value) for key, value in _wired(found).items() if key != "observed"}
        assert _typed(seen) == _typed({key: whole(stored[key]) for key in seen})


@pytest.mark.parametrize("provider", PROVIDERS)
def test_whatever_is_unknown_in_a_preview_is_taken(declared: Any, provider: str) -> None:
    one, inputs = PROVIDERS[provider](), _settled(declared[provider]["inputs"])
    stored = _wired(COMPUTED | inputs)
    arrived = _wired(inputs)
    for place in _places(inputs, within=2):
        news = _replaced(arrived, place, Unknown())
        for olds in ({}, stored):
            checked = one.check(olds, news)
            assert checked.failures == [], place
            kept = checked.inputs.get(place[0])
            assert not kept or has_unknown(kept), place
            assert not one.diff("id", stored, checked.inputs).replaces, place
        # What depends on something that is replaced is asked without a check, the whole of an input being unknown.
        assert not one.diff("id", stored, news).replaces, place


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_the_state_of_an_older_version_lacks_is_told_at_most(declared: Any, provider: str) -> None:
    one, inputs = PROVIDERS[provider](), _settled(declared[provider]["inputs"])
    news = _wired(inputs)
    complete, labels = COMPUTED | inputs, {kind.label for kind in _kinds(PhoenixError)}
    for key in complete:
        olds = _wired({name: value for name, value in complete.items() if name != key})
        for method, arguments in (
            ("read", ("id", olds)),
            ("check", (olds, news)),
            ("diff", ("id", olds, news)),
            ("update", ("id", olds, news)),
            ("delete", ("id", olds)),
        ):
            failed = _failure(getattr(one, method), arguments)
            assert failed == "" or failed in labels, (key, method)


def test_inputs_of_the_plugins_resources_have_whole_numbers_truth_values_and_texts(
    run_program: Callable[..., Any],
) -> None:
    program = run_program()
    inputs = {name: program.inputs[name] for name, kind in program.types.items() if kind.startswith("proxmoxve:")}
    assert inputs
    kinds = {
        (type(value) if not isinstance(value, float) or value.is_integer() else None) for _, value in _leaves(inputs)
    }
    assert kinds == {float, bool, str}


def _failure(method: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    """Return what the engine would print in front of a message; empty when all went well."""
    try:
        method(*arguments)
    except Exception as error:
        return type(error).__name__
    return ""


def _kinds(error: type[PhoenixError]) -> list[type[PhoenixError]]:
    return [error, *(kind for child in error.__subclasses__() for kind in _kinds(child))]


def _settled(inputs: Inputs) -> Inputs:
    """Return inputs as a run has them that makes nothing, with what the engine fills in."""
    return inputs | ({"missing": []} if "missing" in inputs else {})


def _without_secrets(value: Any) -> Any:
    value = rpc.unwrap_rpc_secret(value)
    return {key: rpc.unwrap_rpc_secret(item) for key, item in value.items()}


def _has_output(value: Any) -> bool:
    return isinstance(value, pulumi.Output) or any(_has_output(item) for _, item in _items(value))


def _items(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list | tuple) else []


def _places(value: Any, within: int | None = None) -> list[Place]:
    """Return where something is, at every depth; of what is in one of them at most `within`, since those are alike."""
    items = [(key, _places(dict(_items(item)[:within]), within)) for key, item in _items(value)]
    return [place for key, below in items for place in ((key,), *((key, *rest) for rest in below))]


def _leaves(value: Any) -> list[tuple[Place, Any]]:
    if not isinstance(value, Mapping | list | tuple):
        return [((), value)]
    return [((key, *place), leaf) for key, item in _items(value) for place, leaf in _leaves(item)]


def _replaced(value: Any, place: Place, new: Any) -> Any:
    if not place:
        return new
    changed = copy.copy(value)
    changed[place[0]] = _replaced(value[place[0]], place[1:], new)
    return changed


def _wired(properties: Inputs) -> Inputs:
    """Send properties through the SDK's own serialization, as between a provider and the engine."""
    loop = asyncio.new_event_loop()
    try:
        structure = loop.run_until_complete(rpc.serialize_properties(properties, {}))
    finally:
        loop.close()
    arrived: Inputs = rpc.deserialize_properties(type(structure).FromString(structure.SerializeToString()), True)
    return arrived


def _typed(value: Any) -> str:
    """Return a text in which 10 and 10.0, or 1 and true, are not the same; a key without a value is none."""
    return json.dumps(_said(value), sort_keys=True)


def _said(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _said(item) for key, item in value.items() if item is not None}
    return [_said(item) for item in value] if isinstance(value, list | tuple) else value
