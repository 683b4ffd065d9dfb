"""The real Traefik, from its package, watching a directory of the lab."""

from __future__ import annotations

import asyncio
import ctypes
import json
import signal
import sys
from pathlib import Path

import aiohttp

from phoenix_providers.lab.firewall.doors import Listen
from phoenix_providers.lab.network import free_port
from phoenix_providers.lab.site import LabSite
from phoenix_providers.lab.traefik_door import TraefikDoor

_START_SECONDS = 20
_STOP_SECONDS = 10
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


class Traefik:
    """A running Traefik, and the door to its API, if it has one."""

    def __init__(self, process: asyncio.subprocess.Process, door: TraefikDoor | None = None) -> None:
        self._process = process
        self._door = door

    async def stop(self) -> None:
        """End it, gently at first."""
        if self._door is not None:
            await self._door.close()
        if self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()


def access_log(folder: Path) -> Path:
    """Return the file in which Traefik itself tells of each request, one JSON object a line, those to its API too."""
    return folder / "traefik" / "access.jsonl"


def dynamic_folder(folder: Path) -> Path:
    """Return the directory that Traefik watches: the target of deliveries."""
    return folder / "traefik" / "dynamic"


async def start(site: LabSite, folder: Path, listen: Listen | None = None) -> Traefik:
    """Start it and wait until its API answers.

    Args:
        site: Its addresses.
        folder: Where it keeps its files.
        listen: Opens the door to its API; None lets everybody in.

    Raises:
        RuntimeError: It ended at once, or does not answer in time; the log's end is in the message.
    """
    binary = Path(sys.executable).parent / "traefik"
    if not binary.exists():
        raise RuntimeError("traefik is not installed beside this Python: run `make setup`")
    dynamic_folder(folder).mkdir(parents=True, exist_ok=True)
    static = folder / "traefik" / "traefik.yml"
    api = (site.traefik_address, site.traefik_api_port) if listen is None else ("127.0.0.1", free_port())
    static.write_text(_static(site, folder, *api))
    foreign = dynamic_folder(folder) / "stand-ins.yml"
    foreign.unlink(missing_ok=True)
    if site.foreign_routes:
        # JSON is YAML, too.
        foreign.write_text(json.dumps(dict(site.foreign_routes), indent=2))
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
    door = None if listen is None else TraefikDoor(api[1])
    traefik = Traefik(process, door)
    try:
        await asyncio.wait_for(_answering(*api, process), _START_SECONDS)
    except (TimeoutError, ChildProcessError):
        await traefik.stop()
        raise RuntimeError(f"Traefik did not start; the end of {log}:\n{log.read_text()[-1500:]}") from None
    if door is not None and listen is not None:
        try:
            await door.open(site.traefik_address, site.traefik_api_port, listen)
        except OSError:
            await traefik.stop()
            raise
    return traefik


def _end_with_the_lab() -> None:
    """Let Linux stop Traefik if the lab is killed: it would keep its addresses, and answer for the next lab."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


async def _answering(host: str, port: int, process: asyncio.subprocess.Process) -> None:
    url = f"http://{host}:{port}/api/version"
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


def _static(site: LabSite, folder: Path, api_host: str, api_port: int) -> str:
    more = "".join(
        f'  {name}:\n    address: "{site.traefik_address}:{port}"\n' for name, port in site.more_entry_points.items()
    )
    return f"""\
global:
  checkNewVersion: false
  sendAnonymousUsage: false
log:
  level: INFO
accessLog:
  filePath: "{access_log(folder)}"
  format: json
  addInternals: true
entryPoints:
  web:
    address: "{site.traefik_address}:{site.traefik_web_port}"
  traefik:
    address: "{api_host}:{api_port}"
{more}{_resolvers(site, folder)}\
api:
  insecure: true
providers:
  # The default of two seconds protects production from event storms; here it would only make people wait.
  providersThrottleDuration: 200ms
  file:
    directory: "{dynamic_folder(folder)}"
    watch: true
"""


def _resolvers(site: LabSite, folder: Path) -> str:
    """Let the names be there: nothing listens where they would ask for certificates."""
    if not site.cert_resolvers:
        return ""
    resolvers = {
        name: {
            "acme": {
                "caServer": "https://127.0.0.1:1/directory",
                "email": "lab@localhost",
                "storage": str(folder / "traefik" / f"acme-{number}.json"),
                "httpChallenge": {"entryPoint": "web"},
            }
        }
        for number, name in enumerate(site.cert_resolvers)
    }
    return f"certificatesResolvers: {json.dumps(resolvers)}\n"
