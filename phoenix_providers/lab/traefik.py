"""The real Traefik, from its package, watching a directory of the lab."""

from __future__ import annotations

import asyncio
import ctypes
import signal
import sys
from pathlib import Path

import aiohttp

from phoenix_providers.lab.site import LabSite

_START_SECONDS = 20
_STOP_SECONDS = 10
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


class Traefik:
    """A running Traefik."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def stop(self) -> None:
        """End it, gently at first."""
        if self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()


def dynamic_folder(folder: Path) -> Path:
    """Return the directory that Traefik watches: the target of deliveries."""
    return folder / "traefik" / "dynamic"


async def start(site: LabSite, folder: Path) -> Traefik:
    """Start it and wait until its API answers.

    Raises:
        RuntimeError: It ended at once, or does not answer in time; the log's end is in the message.
    """
    binary = Path(sys.executable).parent / "traefik"
    if not binary.exists():
        raise RuntimeError("traefik is not installed beside this Python: run `make setup`")
    dynamic_folder(folder).mkdir(parents=True, exist_ok=True)
    static = folder / "traefik" / "traefik.yml"
    static.write_text(_static(site, folder))
    log = folder / "traefik" / "traefik.log"
    with log.open("ab") as stream:
        process = await asyncio.create_subprocess_exec(
            str(binary),
            f"--configfile={static}",
            stdout=stream,
            stderr=stream,
            stdin=asyncio.subprocess.DEVNULL,
            preexec_fn=_end_with_the_lab,
        )
    traefik = Traefik(process)
    try:
        await asyncio.wait_for(_answering(site, process), _START_SECONDS)
    except (TimeoutError, ChildProcessError):
        await traefik.stop()
        raise RuntimeError(f"Traefik did not start; the end of {log}:\n{log.read_text()[-1500:]}") from None
    return traefik


def _end_with_the_lab() -> None:
    """Let Linux stop Traefik if the lab is killed: it would keep its addresses, and answer for the next lab."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


async def _answering(site: LabSite, process: asyncio.subprocess.Process) -> None:
    url = f"http://{site.traefik_address}:{site.traefik_api_port}/api/version"
    async with aiohttp.ClientSession() as session:
        while process.returncode is None:
            try:
                async with session.get(url) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise ChildProcessError


def _static(site: LabSite, folder: Path) -> str:
    return f"""\
global:
  checkNewVersion: false
  sendAnonymousUsage: false
log:
  level: INFO
entryPoints:
  web:
    address: "{site.traefik_address}:{site.traefik_web_port}"
  traefik:
    address: "{site.traefik_address}:{site.traefik_api_port}"
api:
  insecure: true
providers:
  # The default of two seconds protects production from event storms; here it would only make people wait.
  providersThrottleDuration: 200ms
  file:
    directory: "{dynamic_folder(folder)}"
    watch: true
"""
