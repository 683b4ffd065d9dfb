"""Telling whether a password that nobody can read back is still the one that was sent."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from pydantic import SecretStr

# Slow on purpose: whoever gets hold of a digest shall not be able to try many passwords.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1


def new_digest(password: SecretStr) -> str:
    """Return a digest with a salt of its own; it belongs into secret outputs only."""
    salt = secrets.token_hex(16)
    return f"{salt}:{_hash(salt, password)}"


def is_digest_of(digest: str, password: SecretStr) -> bool:
    """Whether a digest was made of this password."""
    salt, _, rest = digest.partition(":")
    return bool(rest) and hmac.compare_digest(rest, _hash(salt, password))


def _hash(salt: str, password: SecretStr) -> str:
    text = password.get_secret_value().encode()
    return hashlib.scrypt(text, salt=salt.encode(), n=_COST, r=_BLOCK, p=_PARALLEL).hex()
