"""The server that the Pulumi command line starts: prints its port, then answers the language protocol."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SECONDS_BETWEEN_LOOKS_AT_PARENT = 1.0
SECONDS_TO_FINISH_CALLS = 1.0


def main() -> None:
    """Serve until the engine says stop or is gone.

    Arguments: the folder with `pulumi-language-python-exec`, then the engine's flags, and its address last.
    """
    folder, engine_address = Path(sys.argv[1]), sys.argv[-1]
    try:
        import grpc

        from .language_runtime import LanguageRuntime
        from .protocol import language_pb2_grpc
    except ImportError:
        sys.exit(
            f"pulumi-language-python: {sys.executable} has no Pulumi SDK; run `make setup` in the folder of "
            "Phoenix Sync, then use its .venv/bin/pulumi"
        )
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())

    runtime = LanguageRuntime(engine_address, folder / "pulumi-language-python-exec")
    # Configurations and error texts have no size limit in the engine either.
    unlimited = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    server = grpc.server(ThreadPoolExecutor(max_workers=8), options=unlimited)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(runtime, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)

    parent = os.getppid()
    while not stopped.wait(SECONDS_BETWEEN_LOOKS_AT_PARENT):
        if os.getppid() != parent:  # The engine was killed, so nobody will ever say stop.
            break
    runtime.stop()
    server.stop(SECONDS_TO_FINISH_CALLS).wait()
