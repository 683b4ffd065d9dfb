"""A first deploy is not held to the four calls at a time that the SDK's process answers by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from phoenix_providers.resources.provider import PROVIDER_KEY
from phoenix_providers.resources.side_by_side_calls import CALLS_AT_ONCE, answer_more_calls

ROOT = Path(__file__).parents[3]
CALLS = 12
# Each create ends only when all of them have begun.
MODULE = f"""
import threading
from phoenix_providers.resources.provider import CreateResult, PhoenixProvider

all_have_begun = threading.Barrier({CALLS}, timeout=30)

class MeetingProvider(PhoenixProvider):
    def create(self, props):
        all_have_begun.wait()
        return CreateResult(str(props["resource"]), dict(props))
"""


@pytest.fixture
def stub(tmp_path: Path) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """The process that the engine starts for our providers, in a project of its own."""
    (tmp_path / "meeting_place.py").write_text(MODULE)
    command = [sys.executable, "-u", "-m", "pulumi.dynamic", "127.0.0.1:1"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{tmp_path}:{ROOT}", "PULUMI_PROJECT": "meeting"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        process.kill()


def test_more_than_four_creates_run_at_once(
    stub: provider_pb2_grpc.ResourceProviderStub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    from meeting_place import MeetingProvider

    provider = serialize_provider(MeetingProvider())
    stub.Configure(provider_pb2.ConfigureRequest(args=struct_pb2.Struct()))

    def create(number: int) -> str:
        properties = struct_pb2.Struct()
        properties.update({PROVIDER_KEY: provider, "resource": f"web@{number}"})
        return str(stub.Create(provider_pb2.CreateRequest(properties=properties)).id)

    with ThreadPoolExecutor(CALLS) as pool:
        assert list(pool.map(create, range(CALLS))) == [f"web@{number}" for number in range(CALLS)]


def test_a_pool_that_is_ours_is_found_from_inside() -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(answer_more_calls).result()
        assert pool._max_workers == CALLS_AT_ONCE


def test_where_there_is_no_pool_nothing_happens() -> None:
    answer_more_calls()
