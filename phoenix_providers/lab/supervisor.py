"""The lab's one process: starts everything, tells that it is ready, and stops everything at a signal.

Run as `python -m phoenix_providers.lab.supervisor FOLDER`, with the site in `FOLDER/site.json`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from phoenix_providers.lab import guest_services, name_server, traefik
from phoenix_providers.lab.certificates import CertificateAuthority
from phoenix_providers.lab.hosts_directory import HostsDirectory
from phoenix_providers.lab.portainer import server as portainer
from phoenix_providers.lab.proxmox import server as proxmox
from phoenix_providers.lab.request_log import RequestLog
from phoenix_providers.lab.site import LabSite


async def run(folder: Path) -> None:
    """Start all, write `running.json`, wait for a signal, stop all in reverse order."""
    site = LabSite.load(folder / "site.json")
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    running = folder / "running.json"
    async with AsyncExitStack() as stack:
        stack.callback(running.unlink, missing_ok=True)
        details = await _start(site, folder, stack)
        unfinished = folder / "running.json.unfinished"
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps({"pid": os.getpid(), **details}, indent=2))
        unfinished.replace(running)
        await stopping.wait()


async def _start(site: LabSite, folder: Path, stack: AsyncExitStack) -> dict[str, str]:
    authority = CertificateAuthority(folder / "tls")
    log = RequestLog(folder / "requests.jsonl")
    pve = await proxmox.start(site, folder, authority, log)
    stack.push_async_callback(pve.stop)
    hosts = HostsDirectory(folder / "hosts.d")

    def resolve(host_name: str) -> str | None:
        """Answer from the node's hosts file, the directory for the back end dnsmasq, and what others know."""
        known = pve.resolve(host_name) or hosts.resolve(host_name)
        return known or site.foreign_names.get(host_name.rstrip(".").lower())

    names = await name_server.start(site, resolve)
    stack.callback(names.stop)
    options = portainer.PortainerOptions(deploy_seconds=site.deploy_seconds)
    server = await portainer.start(site, folder, authority, log, resolve, options, pve.api.doorkeeper)
    stack.push_async_callback(server.stop)
    services = await guest_services.start(site, authority, pve.api.doorkeeper.open_back_end)
    stack.push_async_callback(services.stop)
    proxy = await traefik.start(site, folder, pve.api.doorkeeper.open)
    stack.push_async_callback(proxy.stop)
    return {
        "proxmox_url": pve.url,
        "proxmox_token": pve.token,
        "portainer_url": server.url,
        "portainer_user": server.admin_user,
        "portainer_password": server.admin_password,
        "ca_file": str(authority.ca_file),
        "dns_server": names.address,
        "dnsmasq_target": str(hosts.folder),
        "traefik_url": f"http://{site.traefik_address}:{site.traefik_web_port}",
        "traefik_api_url": f"http://{site.traefik_address}:{site.traefik_api_port}",
        "traefik_target": str(traefik.dynamic_folder(folder)),
        "request_log": str(folder / "requests.jsonl"),
    }


if __name__ == "__main__":
    try:
        asyncio.run(run(Path(sys.argv[1])))
    except (OSError, RuntimeError) as problem:
        # Whoever started it shows this line as the reason.
        sys.exit(f"{problem}")
