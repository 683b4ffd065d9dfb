"""Starting and stopping the Portainer stand-in with the Docker engines behind it."""

from __future__ import annotations

import asyncio
import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from phoenix_providers.lab.certificates import CertificateAuthority
from phoenix_providers.lab.docker.agent import Agent
from phoenix_providers.lab.docker.host import DockerHost
from phoenix_providers.lab.firewall.doors import Doorkeeper, Listen, open_door
from phoenix_providers.lab.portainer.application import Gatekeepers, build_application
from phoenix_providers.lab.portainer.auth import Authentication
from phoenix_providers.lab.portainer.control import Control
from phoenix_providers.lab.portainer.csrf import CrossSiteCheck
from phoenix_providers.lab.portainer.deploy import Deployer
from phoenix_providers.lab.portainer.deployment import BackgroundDeployments, BlockingDeployments, Deployments
from phoenix_providers.lab.portainer.docker_proxy import DockerProxy
from phoenix_providers.lab.portainer.endpoints import Endpoints, add_local_endpoint
from phoenix_providers.lab.portainer.faults import Faults
from phoenix_providers.lab.portainer.rate_limit import SIGN_INS, RateLimit
from phoenix_providers.lab.portainer.reach import Machine, Reach
from phoenix_providers.lab.portainer.registries import Registries
from phoenix_providers.lab.portainer.stack_actions import StackActions
from phoenix_providers.lab.portainer.stacks import Stacks
from phoenix_providers.lab.portainer.store import Store
from phoenix_providers.lab.portainer.style import style_named
from phoenix_providers.lab.portainer.system import System
from phoenix_providers.lab.portainer.tags import Groups, Tags
from phoenix_providers.lab.portainer.users import FirstAdministrator, Users
from phoenix_providers.lab.request_log import RequestLog
from phoenix_providers.lab.site import LabSite

_ADMINISTRATOR = "admin"


@dataclass(frozen=True)
class PortainerOptions:
    """What may differ from one lab to another; times are seconds.

    Attributes:
        deploy_seconds: How long compose takes for a stack.
        health_seconds: How long a health check takes to come to its verdict.
        local_environment: Name of the environment that the server makes of its own engine at its first start; empty
            for none, as with a server started without `--host`.
        administrator: Whether the first administrator is there from the start.
        administrator_window: How long the server waits for the first administrator.
        snapshot_seconds: How often all environments are looked at.
        sign_ins: How many calls that take a password may come at once; who sends more is banned.
    """

    deploy_seconds: float = 0.2
    health_seconds: float = 0.5
    local_environment: str = ""
    administrator: bool = True
    administrator_window: float = 300.0
    snapshot_seconds: float = 300.0
    sign_ins: float = SIGN_INS


@dataclass
class PortainerServer:
    """A running stand-in.

    Attributes:
        docker_hosts: Engines by VMID.
        setup_token: What the first administrator has to show; empty where that is not needed.
    """

    url: str
    admin_user: str
    admin_password: str
    setup_token: str
    docker_hosts: Mapping[int, DockerHost]
    _runner: web.AppRunner
    _reach: Reach
    _deployments: Deployments
    _snapshots: asyncio.Task[None]

    async def stop(self) -> None:
        """Stop everything; what is in the folder stays."""
        self._snapshots.cancel()
        await asyncio.gather(self._snapshots, return_exceptions=True)
        await self._deployments.close()
        await _cleanup(self._runner)
        await _close(self._reach)


async def start(
    site: LabSite,
    folder: Path,
    authority: CertificateAuthority,
    log: RequestLog,
    resolve: Callable[[str], str | None],
    options: PortainerOptions | None = None,
    doorkeeper: Doorkeeper | None = None,
) -> PortainerServer:
    """Start in the running loop; raises OSError when an address is taken, with nothing left running.

    Args:
        site: Addresses, guests, and the style of the server.
        folder: Where records, files and the administrator's password are kept.
        authority: Issues the server's certificate.
        log: Gets every request.
        resolve: Gives the address of a host name, as the server's resolver would.
        options: Times and first-start settings.
        doorkeeper: Who may connect to the API, to agents and back ends; None lets everybody in.
    """
    chosen = options or PortainerOptions()
    folder.mkdir(parents=True, exist_ok=True)
    style, store, faults = style_named(site.portainer_style), Store(folder), Faults()
    limit = RateLimit(chosen.sign_ins)
    setup_token = secrets.token_hex(32) if style.setup_token and not chosen.administrator else ""
    administrator = FirstAdministrator(store, setup_token, chosen.administrator_window, time.monotonic)
    password = _password(folder)
    if chosen.administrator and not store.users:
        administrator.create(_ADMINISTRATOR, password)
    if chosen.local_environment:
        add_local_endpoint(store, chosen.local_environment)
    reach = Reach(_machines(site, folder, style.version, chosen, doorkeeper), resolve, site.portainer_address)
    authentication, deployer = Authentication(store, limit), Deployer(store, style, reach)
    deployments = (BackgroundDeployments if style.asynchronous else BlockingDeployments)(store, deployer)
    endpoints = Endpoints(store, style, reach)
    areas = (
        authentication,
        administrator,
        Users(store, authentication, limit),
        System(store, style),
        Tags(store),
        Groups(store),
        DockerProxy(store, reach),
        endpoints,
        Registries(store, style),
        Stacks(store, style, deployer, deployments),
        StackActions(store, style, deployer),
        Control(faults, reach),
    )
    routes = [route for area in areas for route in area.routes()]
    gate = Gatekeepers(administrator, authentication, CrossSiteCheck(), faults, log)
    runner = web.AppRunner(build_application(routes, gate), access_log=None, shutdown_timeout=0.5)
    try:
        await _listen(site, authority, runner, reach, doorkeeper.open if doorkeeper else open_door)
    except OSError:
        await _cleanup(runner)
        await _close(reach)
        raise
    return PortainerServer(
        url=f"https://{site.portainer_address}:{site.portainer_port}",
        admin_user=_ADMINISTRATOR,
        admin_password=password,
        setup_token=setup_token,
        docker_hosts={vmid: machine.host for vmid, machine in reach.machines.items()},
        _runner=runner,
        _reach=reach,
        _deployments=deployments,
        _snapshots=asyncio.create_task(_take_snapshots(endpoints, chosen.snapshot_seconds)),
    )


def _machines(
    site: LabSite, folder: Path, version: str, options: PortainerOptions, doorkeeper: Doorkeeper | None
) -> dict[int, Machine]:
    machines: dict[int, Machine] = {}
    for guest in site.guests:
        if guest.role not in ("primary", "agent"):
            continue
        host = DockerHost(
            guest,
            folder / f"docker-{guest.id}.json",
            deploy_seconds=options.deploy_seconds,
            health_seconds=options.health_seconds,
            listen=doorkeeper.open_back_end if doorkeeper else open_door,
        )
        open_agent = doorkeeper.open if doorkeeper else open_door
        agent = Agent(guest.address, site.agent_port, version, open_agent) if guest.role == "agent" else None
        machines[guest.id] = Machine(host, agent)
    return machines


async def _listen(
    site: LabSite, authority: CertificateAuthority, runner: web.AppRunner, reach: Reach, listen: Listen
) -> None:
    hosts = [site.portainer_address, "localhost", f"portainer.{site.domain}"]
    certificate, key = authority.issue("portainer", hosts)
    await runner.setup()
    door = listen(site.portainer_address, site.portainer_port)
    await web.SockSite(runner, door, ssl_context=_server_context(certificate, key)).start()
    for machine in reach.machines.values():
        if machine.agent is not None:
            await machine.agent.start()
        await machine.host.open()


def _server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def _cleanup(runner: web.AppRunner) -> None:
    """Stop serving; clients that keep a connection open are not asked to agree."""
    transports = [handler.transport for handler in runner.server.connections] if runner.server else []
    await runner.cleanup()
    for transport in transports:
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
    await asyncio.sleep(0)


async def _close(reach: Reach) -> None:
    await reach.close()
    for machine in reach.machines.values():
        if machine.agent is not None:
            await machine.agent.stop()
        await machine.host.close()


async def _take_snapshots(endpoints: Endpoints, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await endpoints.snapshot_all()


def _password(folder: Path) -> str:
    file = folder / "admin-password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24))
    return file.read_text()
