"""What has to be ready before the engine starts: exactly what the gate of the last run has asked.

A refresh reads everything side by side, before the program and its gate have had their say, and the Proxmox plugin's
reads know no limit. So the same is asked in front, with the addresses that the state has and the settings of the stack.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from phoenix_providers.errors import Explanation, InterruptedRunError, NotReadyError, PhoenixError, ProductError

if TYPE_CHECKING:
    from phoenix_providers.cli.engine.run import Engine
    from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
    from phoenix_providers.models.engine_properties import EngineRecord, StoredProperties

# Makes the engine refresh inside the program.
RUN_PROGRAM = "PULUMI_RUN_PROGRAM"
_GATE = "readiness"
_LONG_SECONDS = 5.0
_PLUGINS = "proxmoxve:"


def wait_ahead(
    engine: Engine, say: Callable[[str], None], settings: Mapping[str, str] | None = None
) -> Mapping[str, str]:
    """Return when all that the last run has asked is ready, or when nobody knows what that is.

    What is returned are environment variables for the engine: with settings that have changed the refresh has to run
    inside the program, and so it has where a node or guest of the state is gone. The plugin's reads of that end in
    errors, and there what the program declares no more is not read, and the guests are checked first. Where all was
    ready at once, the run's own gate need not ask again.

    What has another address by now is asked there, by this run's own gate.
    What the engine lacks itself (a stack, its passphrase, a state that can be read) it says in its own words.

    Args:
        engine: The engine that is about to start.
        say: Gets a line whenever it is worth telling why we wait.
        settings: Those of this command line, by their full names; they win over those of the stack.

    Raises:
        NotReadyError: With every failed check.
    """
    asked = engine.asked_ahead()
    # Loaded while the engine answers, which takes as long.
    from phoenix_providers.cli.engine.changed_settings import has_changed_settings
    from phoenix_providers.operations.asked_ahead import READY_VARIABLE, as_variable
    from phoenix_providers.operations.clients_of_run import clients_for, proxmox_endpoint
    from phoenix_providers.operations.product_addresses import ProductAddresses
    from phoenix_providers.operations.readiness import wait_until_ready
    from phoenix_providers.planning.redaction import redact
    from phoenix_providers.resources.engine_values import from_engine

    try:
        resources, configured = asked()
        configuration = {**configured, **(settings or {})}
        told = {RUN_PROGRAM: "true"} if has_changed_settings(resources, configuration) else {}
        stored = _stored_gate(resources)
        if stored is not None:
            addresses = ProductAddresses.from_input(from_engine(stored))
        elif any(str(item.get("type")).startswith(_PLUGINS) for item in resources):
            # Taken over, and no run has got further: the plugin reads it all the same.
            addresses = ProductAddresses(proxmox=proxmox_endpoint(configuration) or None)
        else:
            return told
        clients, project = clients_for(configuration), engine.project
    except (PhoenixError, OSError, KeyError, TypeError, ValueError):
        return {}

    def shown(text: str) -> str:
        return redact(text, clients.secret_values)

    def still_there(failed: Collection[str]) -> ProductAddresses:
        from phoenix_providers.cli.engine.moved_products import without_moved

        return without_moved(addresses, failed, clients.settings.resolve(project), configuration)

    # Paths in settings are relative to it.
    with contextlib.chdir(project), _left_at_once():
        try:
            with _said_if_long(say) as told_why:
                mended = wait_until_ready(
                    clients, addresses, lambda line: told_why(shown(line)), still_there=still_there
                )
        except NotReadyError as error:
            reasons = tuple(
                Explanation(**{part: shown(text) for part, text in asdict(reason).items()}) for reason in error.reasons
            )
            raise NotReadyError(str(error).partition("\n")[0], reasons) from None
        is_all = not mended and clients.notes.looked_at == addresses and not clients.notes.not_ready
        if stored and is_all:
            told |= {READY_VARIABLE: as_variable(clients.clock)}
        proxmox = addresses.proxmox if RUN_PROGRAM not in told and "proxmox" not in clients.notes.not_ready else None
        if proxmox and _is_any_gone(resources, clients.proxmox(proxmox).settings):
            told |= {RUN_PROGRAM: "true"}
    return told


def _is_any_gone(resources: Iterable[EngineRecord], proxmox: ProxmoxSettings) -> bool:
    """Whether Proxmox lacks a node or a guest that the plugin would read; who does not tell has all."""
    from phoenix_providers.planning.proxmox.plugin_places import is_any_gone, plugin_places

    places = plugin_places(resources)
    try:
        guests = proxmox.guests() if any(guest for _, guest in places) else {}
        nodes = proxmox.nodes() if not all(guest for _, guest in places) else ()
    except ProductError:
        return False
    return is_any_gone(places, guests, nodes)


@contextlib.contextmanager
def _said_if_long(say: Callable[[str], None]) -> Iterator[Callable[[str], None]]:
    """Say what is going on where the first answers take their time; whoever says more takes the word from it."""
    timer = threading.Timer(_LONG_SECONDS, say, ("asking Proxmox, Portainer and Traefik whether they are ready",))
    timer.daemon = True
    timer.start()

    def told(line: str) -> None:
        timer.cancel()
        say(line)

    try:
        yield told
    finally:
        timer.cancel()


@contextlib.contextmanager
def _left_at_once() -> Iterator[None]:
    """Let Ctrl-C end the process at once: nothing is under way, and questions that nobody answers take their time."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(*_: object) -> None:
        os.write(2, f"\n{InterruptedRunError.label}: stopped; run the same command again to go on\n".encode())
        os._exit(InterruptedRunError.exit_code)

    before = signal.signal(signal.SIGINT, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _stored_gate(resources: Iterable[EngineRecord]) -> StoredProperties | None:
    """Return what the gate has asked; None if no run has got that far."""
    for item in resources:
        if str(item["urn"]).rpartition("::")[2] == _GATE and not item.get("delete"):
            stored: StoredProperties = item.get("outputs") or item.get("inputs") or {}
            return stored
    return None
