"""A password that cannot be read back is recognised without being kept."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from phoenix_providers.operations.password_digest import is_digest_of, new_digest

PASSWORD = SecretStr("canary-password")


def test_it_is_recognised_and_does_not_show() -> None:
    digest = new_digest(PASSWORD)
    assert is_digest_of(digest, PASSWORD)
    assert "canary" not in digest
    assert new_digest(PASSWORD) != digest


@pytest.mark.parametrize("other", ["canary-passwore", "", "canary-password "])
def test_another_one_is_not(other: str) -> None:
    assert not is_digest_of(new_digest(PASSWORD), SecretStr(other))


@pytest.mark.parametrize("digest", ["", ":", "salt:", "nonsense"])
def test_nothing_was_sent_yet(digest: str) -> None:
    assert not is_digest_of(digest, PASSWORD)
