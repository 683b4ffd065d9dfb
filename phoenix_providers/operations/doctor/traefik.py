"""Whether Traefik's API answers, and whether files can be put where Traefik reads them."""

from __future__ import annotations

from phoenix_providers.clients.certificate_refusal import TRAEFIK
from phoenix_providers.clients.delivery.target import TRAEFIK as READER
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.planning.doctor.finding import Finding, not_configured, ok
from phoenix_providers.planning.doctor.version import judge_version


def traefik_answers(case: Case) -> Finding:
    """Ask for its version."""
    url = case.settings.traefik_api_url
    if url is None:
        lacking = "Nobody can prove that Traefik takes the routes"
        return not_configured("phoenix:traefikApiUrl", TRAEFIK.address, needed=False, what=lacking)
    return judge_version("Traefik", case.clients.traefik(url).version(), url)


def traefik_target(case: Case) -> Finding:
    """Look whether the folder is there, and can be written to."""
    target = case.settings.traefik_target
    if target is None:
        return not_configured("phoenix:traefikTarget", READER.places, what="It is not said where Traefik's files go")
    case.clients.delivery(target).check()
    return ok(target)
