"""Start and stop the Proxmox API of a lab."""

from __future__ import annotations

import uuid
from pathlib import Path

from phoenix_providers.lab.certificates import CertificateAuthority
from phoenix_providers.lab.proxmox.api import TOKEN_ID, LabProxmox
from phoenix_providers.lab.request_log import RequestLog
from phoenix_providers.lab.site import LabSite


class ProxmoxServer:
    """A running Proxmox API.

    Attributes:
        api: The fake itself, with its scenarios (slow network, lost quorum) and the requests it saw.
        token: `user@realm!id=uuid`, as the `PVEAPIToken` header and the proxmoxve provider take it.
    """

    def __init__(self, api: LabProxmox, node: str, token: str) -> None:
        self.api = api
        self._node = node
        self.token = token

    @property
    def url(self) -> str:
        """The endpoint, without a path."""
        return str(self.api.url)

    def resolve(self, host_name: str) -> str | None:
        """Return the address that the node's hosts file has now for a name, as a DNS server on the node would."""
        return self.api.node_files[self._node].address_of(host_name)

    def fail(self, method: str, path_end: str, status: int, reason: str, times: int | None = None) -> None:
        """Refuse requests whose path ends so; all of them, or that many."""
        self.api.fail(method, path_end, status, reason, times=times)

    def heal(self) -> None:
        """Undo every `fail`."""
        self.api.failures.clear()

    async def stop(self) -> None:
        """Stop listening; the state stays in the folder."""
        await self.api.stop()


async def start(site: LabSite, folder: Path, authority: CertificateAuthority, log: RequestLog) -> ProxmoxServer:
    """Serve the API of `site` over TLS with what the folder remembers; a new folder is a fresh node.

    Errors:
        OSError: the address is taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    api = LabProxmox(site, folder / "state.json", log)
    secret = _token_secret(folder / "token")
    api.apitokens[TOKEN_ID] = secret
    names = [site.node_address, site.node, f"{site.node}.{site.domain}"]
    await api.start(*authority.issue("proxmox", names))
    return ProxmoxServer(api, site.node, f"{TOKEN_ID}={secret}")


def _token_secret(file: Path) -> str:
    file.touch(mode=0o600)
    # Also an empty file: a start that was killed in between.
    if not file.read_text():
        file.write_text(str(uuid.uuid4()))
    return file.read_text()
