"""All checks of `phoenix doctor`: what each needs, and in which order they are shown."""

from __future__ import annotations

from phoenix_providers.cli.checkup.files import files
from phoenix_providers.cli.checkup.own_settings import own_settings
from phoenix_providers.cli.checkup.state import state_lock, state_place
from phoenix_providers.cli.checkup.tools import tools
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.operations.doctor.certificates import (
    portainer_certificate,
    proxmox_certificate,
    traefik_certificate,
)
from phoenix_providers.operations.doctor.clocks import clocks
from phoenix_providers.operations.doctor.disks import disks
from phoenix_providers.operations.doctor.dns import dns_answers, records_target
from phoenix_providers.operations.doctor.docker_engines import docker_engines
from phoenix_providers.operations.doctor.examination import Check
from phoenix_providers.operations.doctor.guest_devices import guest_devices
from phoenix_providers.operations.doctor.portainer import portainer_answers
from phoenix_providers.operations.doctor.proxmox import proxmox_answers, proxmox_permissions
from phoenix_providers.operations.doctor.traefik import traefik_answers, traefik_target

_HERE, _PROXMOX, _PORTAINER, _TRAEFIK, _DNS = "This computer", "Proxmox", "Portainer", "Traefik", "DNS"
_SETTINGS, _FILES = f"{_HERE}/settings", f"{_HERE}/files"
_AT_PROXMOX = (f"{_PROXMOX}/answer",)
_CERTIFICATES = tuple(f"{product}/certificate" for product in (_PROXMOX, _PORTAINER, _TRAEFIK))


def checks(case: Case, engine: Engine) -> tuple[Check, ...]:
    """Return all of them for one site; without a project there is none to ask about."""
    if not engine.has_project:
        return (Check(_HERE, "tools", tools), Check(_HERE, "settings", lambda: own_settings(case, engine)))
    # Settings and files that are wrong keep nobody from asking the rest.
    known = (_SETTINGS, _FILES)
    return (
        Check(_HERE, "tools", tools),
        Check(_HERE, "settings", lambda: own_settings(case, engine)),
        Check(_HERE, "files", lambda: files(case), after=(_SETTINGS,)),
        Check(_HERE, "state", lambda: state_place(engine)),
        Check(_HERE, "lock", lambda: state_lock(engine), unless=(f"{_HERE}/state",)),
        Check(_HERE, "clock", lambda: clocks(case), after=_CERTIFICATES),
        Check(_PROXMOX, "certificate", lambda: proxmox_certificate(case), after=(_SETTINGS,)),
        Check(
            _PROXMOX,
            "answer",
            lambda: proxmox_answers(case),
            after=known,
            unless=(f"{_PROXMOX}/certificate",),
        ),
        Check(_PROXMOX, "permissions", lambda: proxmox_permissions(case), needs=_AT_PROXMOX),
        Check(_PROXMOX, "firewall=1", lambda: guest_devices(case), needs=_AT_PROXMOX),
        Check(_PROXMOX, "disks", lambda: disks(case), needs=_AT_PROXMOX),
        Check(_PORTAINER, "certificate", lambda: portainer_certificate(case), after=known),
        Check(
            _PORTAINER,
            "answer",
            lambda: portainer_answers(case),
            after=known,
            unless=(f"{_PORTAINER}/certificate",),
        ),
        Check(_PORTAINER, "engines", lambda: docker_engines(case), needs=(f"{_PORTAINER}/answer",)),
        Check(_TRAEFIK, "certificate", lambda: traefik_certificate(case), after=(_SETTINGS,)),
        Check(
            _TRAEFIK,
            "answer",
            lambda: traefik_answers(case),
            after=(_SETTINGS,),
            unless=(f"{_TRAEFIK}/certificate",),
        ),
        Check(_TRAEFIK, "target", lambda: traefik_target(case), after=(_SETTINGS,)),
        Check(_DNS, "answer", lambda: dns_answers(case), after=known),
        Check(_DNS, "target", lambda: records_target(case), after=known),
    )
