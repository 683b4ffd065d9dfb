"""Whether Portainer answers and lets us in."""

from __future__ import annotations

from phoenix_providers.clients.certificate_refusal import PORTAINER
from phoenix_providers.errors import NoUsersYetError
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.operations.readiness import checks_of
from phoenix_providers.planning.doctor.finding import Finding, not_configured, reasons_of, warning
from phoenix_providers.planning.doctor.version import judge_version


def portainer_answers(case: Case) -> Finding:
    """Ask for its version, and sign in."""
    server = case.portainer
    if server is None:
        return not_configured("phoenix:portainerUrl", PORTAINER.address)
    session = case.clients.portainer(server).session
    version = str(session.status().get("Version") or "")
    if not case.has_secrets and not server.password_in:
        return Finding("skipped", f"Portainer {version} answers; not signed in without the passphrase")
    try:
        checks_of(case.clients, ProductAddresses(portainer=server))["portainer"]()
    except NoUsersYetError as error:
        return warning(f"Portainer {version}, without an administrator yet", *reasons_of(error))
    return judge_version("Portainer", version, server.url)
