"""The Proxmox API, as far as checks and restoring need it; all other changes go through the Proxmox plugin."""

from __future__ import annotations

import threading

from pydantic import SecretStr

from phoenix_providers.clients.proxmox_settings import ProxmoxSettings
from phoenix_providers.clients.transport import TlsTrust, Transport
from phoenix_providers.errors import ProductError, UnauthorizedError, UnreachableError


class ProxmoxApi:
    """One Proxmox host, with an API token.

    Attributes:
        settings: What is set there.
    """

    def __init__(self, url: str, token: SecretStr | None, *, timeout: float, insecure: bool) -> None:
        base = url.rstrip("/").removesuffix("/api2/json")
        headers = {"Authorization": f"PVEAPIToken={token.get_secret_value()}"} if token else {}
        self.url = base
        self._has_token = token is not None
        self._asking = threading.Lock()
        self._answers: bool | None = None
        self._transport = Transport(
            "Proxmox", base, timeout=timeout, trust=TlsTrust(insecure=insecure), headers=lambda: headers
        )
        self.settings = ProxmoxSettings(self._transport)

    def answers(self) -> bool:
        """Whether Proxmox answered when it was first asked, with a token; for previews, which need nothing to run.

        Asked once: each attempt to reach a host that is away takes its time.
        """
        with self._asking:
            if self._answers is None:
                self._answers = self._has_token and self._reachable()
            return self._answers

    def _reachable(self) -> bool:
        try:
            self.version()
        except UnreachableError:
            return False
        return True

    def is_heard(self) -> bool:
        """Whether Proxmox answers at all, if only to refuse; its web server and what keeps the cluster's files."""
        try:
            self._transport.read("/api2/json/cluster/firewall/options")
        except UnreachableError:
            return False
        except ProductError:
            return True
        return True

    def version(self) -> str:
        """Return the version; proves address and token.

        Raises:
            UnauthorizedError: The token is missing or refused.
        """
        if not self._has_token:
            # With user and password the plugin gets a ticket that ends after two hours, and never asks for another.
            raise UnauthorizedError(
                "Proxmox needs an API token",
                where=self.url,
                seen="no proxmoxve:apiToken (user and password are not enough)",
                expected="a token such as phoenix@pve!sync=UUID with Sys.Modify on / and VM.Config.Network on /vms",
                next_step="pulumi config set --secret proxmoxve:apiToken",
            )
        try:
            return str(self._transport.read("/api2/json/version").data["data"]["version"])
        except UnauthorizedError as error:
            raise UnauthorizedError(
                "Proxmox refused the API token",
                where=self.url,
                seen=error.explanation.seen,
                expected="a token such as phoenix@pve!sync=UUID with Sys.Modify on / and VM.Config.Network on /vms",
                next_step="pulumi config set --secret proxmoxve:apiToken",
                status=401,
            ) from None
