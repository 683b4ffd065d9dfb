"""The plugin process: `python -m phoenix_providers.lab.proxmoxve --endpoint URL [ENGINE]`.

It prints the port it listens on, and ends with the engine, also when the engine is killed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from phoenix_providers.lab.proxmoxve.engine_log import EngineLog
from phoenix_providers.lab.proxmoxve.engine_watch import EVERY, wait_for_the_end
from phoenix_providers.lab.proxmoxve.servicer import Servicer

# Enough for every resource of a lab at once: the real plugin has no limit.
_THREADS = 64
_LARGEST_MESSAGE = 400 * 1024 * 1024


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="pulumi-resource-proxmoxve")
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--ask-engine-every", metavar="SECONDS", type=float, default=EVERY)
    # Besides its address the engine may pass switches for logging and tracing.
    options, rest = parser.parse_known_args()
    addresses = [argument for argument in rest if not argument.startswith("-")]
    server = grpc.server(ThreadPoolExecutor(_THREADS), options=[("grpc.max_receive_message_length", _LARGEST_MESSAGE)])
    engine = addresses[-1] if addresses else ""
    servicer = Servicer(options.endpoint, EngineLog(engine))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    _wait(engine, options.ask_engine_every)
    server.stop(None)
    # Requests have no time limit; a thread that waits for one must not keep the process.
    os._exit(0)


def _wait(engine: str, every: float) -> None:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    wait_for_the_end(stopped, engine, every)


if __name__ == "__main__":
    main()
