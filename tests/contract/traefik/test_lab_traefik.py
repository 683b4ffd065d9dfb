"""The lab's Traefik: it must not outlive a lab that was killed, since the next lab would take it for its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

from phoenix_providers.lab.network import free_network
from phoenix_providers.lab.site import LabSite

_SECONDS = 20
_LAB = """
import asyncio, sys
from pathlib import Path
from phoenix_providers.lab import traefik
from phoenix_providers.lab.site import LabSite

async def run(folder):
    await traefik.start(LabSite.load(folder / "site.json"), folder)
    print("started", flush=True)
    await asyncio.sleep(60)

asyncio.run(run(Path(sys.argv[1])))
"""


def test_it_ends_with_a_lab_that_was_killed(tmp_path: Path) -> None:
    network = free_network(anywhere=True)
    places = {"node_address": f"{network}10", "portainer_address": f"{network}110", "traefik_address": f"{network}12"}
    site = LabSite(domain="home.example", node="pve", portainer_port=9443, agent_port=9001, guests=(), **places)
    site.save(tmp_path / "site.json")
    with subprocess.Popen([sys.executable, "-c", _LAB, str(tmp_path)], stdout=subprocess.PIPE, text=True) as lab:
        assert lab.stdout is not None
        assert lab.stdout.readline() == "started\n"
        (traefik,) = psutil.Process(lab.pid).children()
        lab.kill()
    try:
        traefik.wait(_SECONDS)
    finally:
        if traefik.is_running():
            traefik.kill()
