"""The engine is told which properties a change is about; it would show all of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from phoenix_providers.resources.provider import PROVIDER_KEY
from phoenix_providers.resources.shown_items import changed_items, in_one_line, item, only_items, without_items

ROOT = Path(__file__).parents[3]
MODULE = """
from pulumi.dynamic import CheckResult
from phoenix_providers.resources.provider import DiffResult, PhoenixProvider, without_provider_key
from phoenix_providers.resources.shown_items import item

class ShowingProvider(PhoenixProvider):
    unshown = ("noise",)

    def check(self, olds, news):
        inputs = without_provider_key(news)
        return CheckResult(inputs | {item(("record", name)): "1" for name in inputs["names"]}, [])

    def diff(self, id_, olds, news):
        assert not any(" " in key for key in {**olds, **news}), (olds, news)
        return DiffResult(changes=olds["names"] != news["names"] or olds["noise"] != news["noise"])
"""


@pytest.fixture
def stub(tmp_path: Path) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """The process that the engine starts for our providers, in a project of its own."""
    (tmp_path / "showing.py").write_text(MODULE)
    command = [sys.executable, "-u", "-m", "pulumi.dynamic", "127.0.0.1:1"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{tmp_path}:{ROOT}", "PULUMI_PROJECT": "showing"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        process.kill()


def test_what_differs_is_named_and_noise_is_not(
    stub: provider_pb2_grpc.ResourceProviderStub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    from showing import ShowingProvider

    provider = serialize_provider(ShowingProvider())
    stub.Configure(provider_pb2.ConfigureRequest(args=struct_pb2.Struct()))

    def wired(properties: Mapping[str, Any]) -> struct_pb2.Struct:
        found = struct_pb2.Struct()
        found.update({PROVIDER_KEY: provider, **properties})
        return found

    def compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[bool, list[str]]:
        before = stub.Check(provider_pb2.CheckRequest(olds=wired({}), news=wired(old))).inputs
        now = stub.Check(provider_pb2.CheckRequest(olds=before, news=wired(new))).inputs
        answer = stub.Diff(provider_pb2.DiffRequest(id="1", olds=wired(old), old_inputs=before, news=now))
        return answer.changes == provider_pb2.DiffResponse.DIFF_SOME, list(answer.diffs)

    same = {"names": ["a", "b"], "noise": 1, "kept": "x"}
    assert compared(same, same) == (False, ["__nothing"])
    assert compared(same, same | {"names": ["a", "c"]}) == (True, ["names", "record b", "record c"])
    # Without any name the engine would show all properties.
    assert compared(same, same | {"noise": 2}) == (True, ["__nothing"])


def test_items_are_told_from_all_other_properties() -> None:
    name = item(("http", "router", "web"))
    properties = {"text": "a", name: "rule x"}
    assert (without_items(properties), only_items(properties)) == ({"text": "a"}, {name: "rule x"})
    assert changed_items({"a b": "1", "a c": "1", "a d": "1"}, {"a b": "2", "a c": "1", "a e": "1"}) == [
        *("a b", "a d", "a e")
    ]


def test_an_item_is_one_line_that_names_every_value() -> None:
    router = {"rule": "Host(`a.example`)", "entryPoints": ["web", "tls"], "tls": {"certResolver": "le"}, "priority": 3}
    assert in_one_line(router) == (
        "entryPoints web, entryPoints tls, priority 3, rule Host(`a.example`), tls.certResolver le"
    )
    assert in_one_line("x") == "x"
    assert in_one_line({"compress": {}}) == "compress {}"
