"""Values that tell by their form that nobody should see them, whatever their name."""

from __future__ import annotations

import re

MADE_UP = "made-up"
_KEY = r"(?:api|private|access|secret|auth)[_-]?key"
_NAME = rf"(?:[\w-]*[_-]|pg)?(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|{_KEY})"
# A reference to a variable gives nothing away; `$$` begins none.
_NO_REFERENCE = r"(?!\$(?!\$)|[\[{<])"
_CODE_HOSTS = (r"gh[opsur]_[A-Za-z0-9]{20,}", r"github_pat_\w{20,}", r"gl(?:pat|dt|rt|oas|cbt|ptt)-[\w-]{16,}")
_SERVICES = (
    r"xox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"[sr]k_(?:live|test)_[A-Za-z0-9]{10,}",
    r"SG\.[\w-]{16,}\.[\w-]{16,}",
    r"(?:AKIA|ASIA)[A-Z0-9]{16}",
    r"AIza[\w-]{30,}",
    r"sk-[A-Za-z0-9_-]{20,}",
    r"hf_[A-Za-z0-9]{20,}",
    r"dckr_pat_[\w-]{16,}",
    r"npm_[A-Za-z0-9]{30,}",
    r"pypi-[\w-]{30,}",
    r"tskey-[a-z]+-[\w-]{10,}",
    r"hv[sb]\.[\w-]{20,}",
    r"glsa_\w{20,}",
    r"ptr_[A-Za-z0-9+/=]{20,}",
    r"[0-9]{8,10}:AA[\w-]{30,}",
    r"hooks\.slack\.com/(?:services|workflows|triggers)/\w+/\w+/\w{8,}",
    r"discord(?:app)?\.com/api/webhooks/[0-9]+/[\w-]{20,}",
    r"AGE-SECRET-KEY-1[A-Z0-9]{20,}",
    r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*",
)
# scheme://user:password@host.
_SIGN_IN = re.compile(rf"(?P<start>://[^/\s:@'\"]*:){_NO_REFERENCE}[^\s'\"/?#@]+(?=@)")
# Bounded where they may begin anywhere, since mounted files have long lines.
_PATTERNS = (
    _SIGN_IN,
    # user:password@tcp(host).
    re.compile(rf"(?P<start>[\w.-]{{1,64}}:){_NO_REFERENCE}[^\s'\"/@]+(?=@(?:tcp|unix)\()"),
    # "password": "…", also in a text whose quotes are escaped.
    re.compile(
        rf"(?P<start>(?P<quote>\\?[\"']){_NAME}(?P=quote)\s*:\s*(?P=quote)){_NO_REFERENCE}(?:(?!(?P=quote)).)+",
        re.IGNORECASE,
    ),
    # host=db password=…, Server=db;Pwd=…, --password=…
    re.compile(rf"(?P<start>(?:^|[;\s&?,\"'])(?:--?)?{_NAME}=){_NO_REFERENCE}[^;\s&,'\"]+", re.IGNORECASE),
    re.compile(rf"(?P<start>(?<![A-Za-z0-9]))(?:{'|'.join((*_CODE_HOSTS, *_SERVICES))})"),
    # Hashes of passwords; a compose file writes each `$` twice.
    re.compile(r"(?P<start>)\$\$?(?:2[abxy]?|apr1|[156]|y|argon2(?:id?|d))\$\$?[\w./$=,+-]{8,}"),
    re.compile(r"(?P<start>\{SHA\})[A-Za-z0-9+/]{20,}=*"),
    re.compile(r"(?P<start>-----BEGIN [A-Z ]*PRIVATE KEY-----).+?(?=-----END)", re.DOTALL),
)
# In a manifest this names a secret.
_NAMES_A_SECRET = re.compile(r"[\"']secret[\"']\s*:", re.IGNORECASE)


def is_telling_value(value: str) -> bool:
    """Whether it holds a password: an address with one, JSON, a list of settings, a well-known token, a hash, a key."""
    return any(pattern.search(value) for pattern in _PATTERNS)


def has_sign_in(text: str) -> bool:
    """Whether a text holds an address with a password, such as `postgres://user:password@host`."""
    return bool(_SIGN_IN.search(text))


def without_telling_values(text: str) -> str:
    """Return a text of any kind with made-up values in those places."""

    def one(found: re.Match[str]) -> str:
        start = found["start"]
        return found[0] if _NAMES_A_SECRET.match(start) else start + MADE_UP

    for pattern in _PATTERNS:
        text = pattern.sub(one, text)
    return text
