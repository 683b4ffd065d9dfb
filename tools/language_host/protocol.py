"""The language protocol's message classes, without the rest of the Pulumi SDK.

Importing `pulumi` takes half a second, and the engine starts a host at least twice in every command. The generated
classes need only gRPC, so the two packages above them stand empty in this process.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from importlib import import_module
from pathlib import Path

_PROTOCOL = "pulumi.runtime.proto"


def _leave_empty(package: str, folder: Path) -> None:
    module = types.ModuleType(package)
    module.__path__ = [str(folder)]
    sys.modules.setdefault(package, module)


def _find_sdk() -> Path:
    spec = importlib.util.find_spec("pulumi")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'pulumi'", name="pulumi")
    return Path(spec.submodule_search_locations[0])


if "pulumi" not in sys.modules:
    _SDK = _find_sdk()
    _leave_empty("pulumi", _SDK)
    _leave_empty("pulumi.runtime", _SDK / "runtime")

engine_pb2 = import_module(f"{_PROTOCOL}.engine_pb2")
engine_pb2_grpc = import_module(f"{_PROTOCOL}.engine_pb2_grpc")
language_pb2 = import_module(f"{_PROTOCOL}.language_pb2")
language_pb2_grpc = import_module(f"{_PROTOCOL}.language_pb2_grpc")
plugin_pb2 = import_module(f"{_PROTOCOL}.plugin_pb2")
