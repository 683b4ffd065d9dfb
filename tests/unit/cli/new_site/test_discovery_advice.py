"""What a discovery advises where it cannot ask: options of its own, since there is no site that has settings."""

from __future__ import annotations

import pytest

from phoenix_providers.cli.new_site.discovery_advice import of_discovery
from phoenix_providers.clients.certificate_refusal import PORTAINER, PROXMOX, TRAEFIK
from phoenix_providers.clients.delivery.target import TRAEFIK as DIRECTORY
from phoenix_providers.clients.portainer.session import no_administrator_yet, no_credentials
from phoenix_providers.errors import Explanation

READ = "read -rs {0} && export {0}, then the same command"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pulumi config set --secret proxmoxve:apiToken", READ.format("PROXMOX_VE_API_TOKEN")),
        ("pulumi config set --secret phoenix:portainerApiKey", READ.format("PHOENIX_PORTAINER_API_KEY")),
        (PROXMOX.address, "the same command with --proxmox https://ADDRESS:8006"),
        (f"curl x, or {TRAEFIK.address}", "curl x, or the same command with --traefik http://ADDRESS:8080"),
        (PORTAINER.trust[-1], "the same command with --portainer-ca portainer-ca.pem"),
        (PROXMOX.unchecked, "the same command with --insecure"),
    ],
)
def test_settings_become_options(text: str, said: str) -> None:
    assert of_discovery(Explanation("x", next_step=text)).next_step == said


def test_no_advice_names_a_setting() -> None:
    advice = [part for one in (PORTAINER, PROXMOX, TRAEFIK) for part in (*vars(one).values(), *one.trust)]
    texts = [text for text in advice if isinstance(text, str)]
    texts += [DIRECTORY.places, no_credentials("u").explanation.next_step]
    texts += [no_administrator_yet("u", can_be_made=False).explanation.next_step]
    assert not [
        said for text in texts if "pulumi" in (said := of_discovery(Explanation("x", next_step=text)).next_step)
    ]
