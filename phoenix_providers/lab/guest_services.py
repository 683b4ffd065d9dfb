"""The services of guests themselves: small HTTP servers that say who they are."""

from __future__ import annotations

import ssl

from aiohttp import web

from phoenix_providers.lab.certificates import CertificateAuthority
from phoenix_providers.lab.firewall.doors import Listen
from phoenix_providers.lab.site import LabGuest, LabSite


class GuestServices:
    """Running servers, one for each guest with a routed service."""

    def __init__(self, runners: list[web.AppRunner]) -> None:
        self._runners = runners

    async def stop(self) -> None:
        """Close all."""
        for runner in self._runners:
            await runner.cleanup()


async def start(site: LabSite, authority: CertificateAuthority, listen: Listen) -> GuestServices:
    """Start one server per guest service; those of Portainer and of agents have stand-ins of their own."""
    runners = []
    for guest in site.guests:
        address = (guest.address, guest.service_port)
        if guest.service_port is None or address == (site.portainer_address, site.portainer_port):
            continue
        if guest.role == "agent" and guest.service_port == site.agent_port:
            continue
        runner = web.AppRunner(_application(guest), access_log=None)
        await runner.setup()
        context = None
        if guest.service_scheme == "https":
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*authority.issue(f"guest-{guest.id}", [guest.address]))
        await web.SockSite(runner, listen(guest.address, guest.service_port), ssl_context=context).start()
        runners.append(runner)
    return GuestServices(runners)


def _application(guest: LabGuest) -> web.Application:
    async def answer(request: web.Request) -> web.Response:
        body = {
            "guest": guest.name,
            "guest_id": guest.id,
            "service": guest.service_name,
            "host": request.host,
            "path": request.path,
        }
        return web.json_response(body, headers={"X-Phoenix-Guest": guest.name})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    return application
