"""Ends the Proxmox plugin once Proxmox has been silent for too long; the plugin itself would wait for ever.

Its requests have no time limit, and neither a resource's own limit nor the engine's cancellation cuts one that hangs
(measured). When the plugin ends, its calls fail, the engine records what was done, and the run ends. This process,
which the engine starts for our own resources in every kind of run, asks Proxmox side by side and has a limit.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import psutil

from phoenix_providers.clock import Clock
from phoenix_providers.errors import Explanation, GateTimeoutError
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations.clients_of_run import ClientsOfRun

_PAUSE_SECONDS = 5.0
_ASK_SECONDS = 10.0
_REQUESTS_IN_A_ROW = 4
_ENGINE = "pulumi"
_PLUGIN = "proxmoxve"


class Endable(Protocol):
    """A process that can be ended."""

    def kill(self) -> None:
        """End it at once."""


@dataclass(frozen=True)
class PluginWatchdog:
    """Asks while the plugin waits for Proxmox, until Proxmox was silent for `bound` seconds.

    Attributes:
        where: The address, for the message.
        is_heard: Asks Proxmox; any answer counts, a refusal too.
        plugins: Finds the plugin's processes of this run that are connected to Proxmox. A run that asks nothing of it,
            such as one for a single stack, asks nothing here either.
        bound: Seconds.
        is_over: Whether there is nothing to watch any more.
    """

    where: str
    is_heard: Callable[[], bool]
    plugins: Callable[[], Iterable[Endable]]
    clock: Clock
    bound: float
    is_over: Callable[[], bool] = lambda: False

    def run(self, say: Callable[[str], None]) -> None:
        """Watch; `say` gets the explanation before the plugin is ended."""
        last_heard = self.clock.now()
        while not self.is_over():
            plugins = list(self.plugins())
            if not plugins or self.is_heard():
                last_heard = self.clock.now()
            elif self.clock.now() - last_heard >= self.bound:
                say(f"{GateTimeoutError.label}: {self._explanation()}")
                for plugin in plugins:
                    with suppress(psutil.Error):
                        plugin.kill()
                return
            self.clock.sleep(min(_PAUSE_SECONDS, self.bound))

    def _explanation(self) -> GateTimeoutError:
        reason = Explanation(
            f"Proxmox has not answered for {self.bound:g} s",
            where=self.where,
            expected="an answer; the Proxmox plugin, which would wait for ever, is ended, and this run with it",
            next_step="look at the host (systemctl restart pveproxy), then run the same command again: it goes on",
        )
        return GateTimeoutError("The run is stopped", (reason,))


def bound_of_silence(settings: Settings) -> float:
    """Return how long Proxmox may be silent: longer than the gate waits, and than a few slow answers take."""
    return settings.readiness_timeout + _REQUESTS_IN_A_ROW * settings.request_timeout


def start_watch(connections: ClientsOfRun, url: str) -> None:
    """Watch in the background, as long as this process lives; a run that is over by the first pause asks nothing."""
    api = connections.open_proxmox(url, asking_limit(connections.settings))
    # Read here: where an address has none, whoever starts the watch has to say so.
    port = api.port
    watch = PluginWatchdog(
        api.url,
        api.is_heard,
        lambda: plugins_of_this_run(port),
        connections.clock,
        bound_of_silence(connections.settings),
    )

    def begin() -> None:
        watch.clock.sleep(min(_PAUSE_SECONDS, watch.bound))
        watch.run(_tell)

    threading.Thread(target=begin, name="silence-watch", daemon=True).start()


def asking_limit(settings: Settings) -> float:
    """Return how long one question of the watch may take."""
    return min(_ASK_SECONDS, settings.request_timeout)


def plugins_of_this_run(port: int) -> list[psutil.Process]:
    """Return the busy plugins of the engine that started this process."""
    engine = next((parent for parent in psutil.Process().parents() if parent.name() == _ENGINE), None)
    return plugins_of(engine, port) if engine is not None else []


def plugins_of(engine: psutil.Process, port: int) -> list[psutil.Process]:
    """Return the Proxmox plugin's processes of one engine that are connected, or connecting, to Proxmox's port."""
    try:
        return [child for child in engine.children() if _is_plugin(child) and _is_connected(child, port)]
    except psutil.Error:
        # One has ended meanwhile; there is a next time.
        return []


def _is_plugin(process: psutil.Process) -> bool:
    return any(_PLUGIN in word for word in process.cmdline())


def _is_connected(process: psutil.Process, port: int) -> bool:
    return any(one.raddr and one.raddr.port == port for one in process.net_connections("tcp"))


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
