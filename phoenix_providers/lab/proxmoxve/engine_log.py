"""Messages to the engine that runs the plugin."""

from __future__ import annotations

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


class EngineLog:
    """Sends messages for the user; shown with `--debug` only."""

    def __init__(self, address: str) -> None:
        self._address = address

    def debug(self, message: str) -> None:
        """Send one message, if there is an engine that listens."""
        if not self._address:
            return
        with grpc.insecure_channel(self._address) as channel:
            try:
                engine_pb2_grpc.EngineStub(channel).Log(
                    engine_pb2.LogRequest(severity=engine_pb2.DEBUG, message=message), timeout=5
                )
            except grpc.RpcError:
                return
