"""The Proxmox API, as far as checks and restoring need it; all other changes go through the Proxmox plugin."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from pydantic import SecretStr

from phoenix_providers.clients.certificate_refusal import PROXMOX
from phoenix_providers.clients.proxmox.remembered_settings import RememberedSettings
from phoenix_providers.clients.proxmox.settings import ProxmoxSettings, missing_privilege
from phoenix_providers.clients.transport import TlsTrust, Transport
from phoenix_providers.errors import ProductError, UnauthorizedError, UnreachableError
from phoenix_providers.models.privileges import DOCUMENTED_ROLES, missing_privileges

_HTTPS = 443
# For how long whoever only looks is not sent to a host that was silent.
_SILENT_SECONDS = 10.0
# What other servers say instead of Proxmox's version.
_NOT_PROXMOX = {301, 302, 307, 308, 400, 403, 404, 405}
_LOCKED_OUT = (
    "if its own firewall keeps you out: on the host's console `pve-firewall stop` "
    "(with nftables `systemctl stop proxmox-firewall`), then run again"
)


class ProxmoxApi:
    """One Proxmox host, with an API token.

    Attributes:
        settings: What is set there.
        seen: The same, for whoever only looks: asked once for all who look at the same time.
        token_id: The token's name, `user@realm!name`; empty without a token.
    """

    def __init__(
        self,
        url: str,
        token: SecretStr | None,
        *,
        timeout: float,
        insecure: bool,
        open_transport: Callable[..., Transport] = Transport,
    ) -> None:
        base = url.rstrip("/").removesuffix("/api2/json")
        headers = {"Authorization": f"PVEAPIToken={token.get_secret_value()}"} if token else {}
        self.url = base
        self._has_token = token is not None
        # What stands before the = is the token's name, not its secret.
        self.token_id = token.get_secret_value().partition("=")[0] if token else ""
        self._asking = threading.Lock()
        self._answers: bool | None = None
        self._transport = open_transport(
            "Proxmox",
            base,
            timeout=timeout,
            trust=TlsTrust(insecure=insecure),
            headers=lambda: headers,
            if_kept_out=_LOCKED_OUT,
            advice=PROXMOX,
        )
        self.settings = ProxmoxSettings(self._transport, self.token_id)
        self.seen = RememberedSettings(self.settings)

    @property
    def port(self) -> int:
        """The port of the API."""
        return urlsplit(self.url).port or _HTTPS

    def close(self) -> None:
        """End all connections; the next request opens a new one."""
        self._transport.close()

    def answers(self) -> bool:
        """Whether Proxmox answered when it was first asked, with a token; for previews, which need nothing to run.

        Asked once: each attempt to reach a host that is away takes its time.
        """
        with self._asking:
            if self._answers is None:
                self._answers = self._has_token and self._reachable()
            return self._answers

    def answers_now(self) -> bool:
        """Whether it answered then, and has not just been silent: all that is read at one time waits for it once."""
        silent_since = self._transport.silent_since
        return self.answers() and (silent_since is None or time.monotonic() - silent_since > _SILENT_SECONDS)

    def _reachable(self) -> bool:
        try:
            self.version()
        except UnreachableError:
            return False
        return True

    def require_privileges(self, paths: Iterable[str]) -> None:
        """Check that the token may do all that the run will do at these paths (`/`, `/nodes/NODE`, `/vms/ID`).

        Raises:
            UnauthorizedError: With every privilege that is missing, and the commands that grant them.
        """
        held = self._transport.read("/api2/json/access/permissions").data["data"]
        if missing := missing_privileges(paths, held):
            raise missing_privilege(self.url, self.token_id, missing)

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
                expected=f"a token such as phoenix@pve!sync=UUID with {DOCUMENTED_ROLES}",
                next_step="pulumi config set --secret proxmoxve:apiToken",
            )
        try:
            data = self._transport.read("/api2/json/version").data
        except UnauthorizedError as error:
            raise UnauthorizedError(
                "Proxmox refused the API token",
                where=self.url,
                seen=error.explanation.seen,
                expected=f"a token such as phoenix@pve!sync=UUID with {DOCUMENTED_ROLES}",
                next_step="pulumi config set --secret proxmoxve:apiToken",
                status=401,
            ) from None
        except UnreachableError:
            raise
        except ProductError as error:
            if error.status in _NOT_PROXMOX:
                raise self._not_proxmox(error.explanation.seen) from None
            raise
        try:
            return str(data["data"]["version"])
        except (TypeError, LookupError):
            raise self._not_proxmox("an answer that Proxmox does not give") from None

    def _not_proxmox(self, seen: str) -> ProductError:
        return ProductError(
            "Something else than Proxmox answers",
            where=self.url,
            seen=seen,
            expected="the address of Proxmox's API, https on port 8006",
            next_step=PROXMOX.address,
        )
