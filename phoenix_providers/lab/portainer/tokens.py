"""Session tokens (JWT, HS256); the signing key lives as long as the process."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

SESSION_SECONDS = 8 * 3600


class SessionTokens:
    """Issues and checks tokens; a new instance knows none of the old ones."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def issue(self, user_id: int, name: str, role: int) -> str:
        """Return a token for eight hours."""
        now = int(time.time())
        claims = {
            "id": user_id,
            "username": name,
            "role": role,
            "scope": "default",
            "forceChangePassword": False,
            "exp": now + SESSION_SECONDS,
            "iat": now,
            "jti": secrets.token_hex(16),
        }
        signed = f"{_encode({'alg': 'HS256', 'typ': 'JWT'})}.{_encode(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def user_of(self, token: str) -> int | None:
        """Return the user's number; None for a token that is not valid."""
        signed, _, signature = token.rpartition(".")
        if not signed or not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            return None
        body = signed.partition(".")[2]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return int(claims["id"]) if claims["exp"] > time.time() else None

    def _signature(self, signed: str) -> str:
        digest = hmac.new(self._key, signed.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _encode(data: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()
