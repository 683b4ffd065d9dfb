"""Which mounted files nobody should see."""

from __future__ import annotations

import re

from phoenix_providers.cli.stack_import.manifest_parts import ManifestParts
from phoenix_providers.planning.site.plain_secrets import is_telling
from phoenix_providers.planning.telling_values import is_telling_value

_LONGEST_SECRET = 1000
_KEEPING = re.compile(
    r"\.env(\..+)?|.+\.env|.*\.(key|ppk|htpasswd)|\.?htpasswd|id_(rsa|dsa|ecdsa|ed25519)|\.?netrc|\.pgpass|\.my\.cnf|acme\.json"
    r"|\.git-credentials|shadow",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"\.(example|sample|template|dist)$", re.IGNORECASE)


def is_secret_file(name: str, text: str, parts: ManifestParts) -> bool:
    """Whether nobody should see a file, by its name or by what is in it."""
    telling = is_telling(variable_name(name).removesuffix("_txt"), text) and len(text) < _LONGEST_SECRET
    keeping = bool(_KEEPING.fullmatch(name)) and not _EXAMPLE.search(name) and bool(text.strip())
    lines = [line for line in text.splitlines() if line.strip()]
    # Such as a lone token, or users with hashes of their passwords.
    nothing_else = bool(lines) and all(map(is_telling_value, lines))
    return telling or keeping or nothing_else or parts.is_secret("", text, by_form=False)


def variable_name(file: str) -> str:
    """Return a file's name as that of a variable."""
    return file.replace(".", "_").replace("-", "_").strip("_")
