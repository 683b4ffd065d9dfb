"""The door to Traefik's API: Traefik itself listens elsewhere, since nobody else can ask the firewall for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from phoenix_providers.lab.firewall.doors import Listen

_CHUNK = 65536


class TraefikDoor:
    """Passes on what comes in, for as long as both sides want."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: asyncio.Server | None = None
        self._passing: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int, listen: Listen) -> None:
        """Listen; raises OSError when the address is taken."""
        self._server = await asyncio.start_server(self._pass_on, sock=listen(host, port))

    async def close(self) -> None:
        """Stop listening, and hang up."""
        if self._server is not None:
            self._server.close()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)
        with suppress(OSError):
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._port)
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    finally:
        writer.close()
