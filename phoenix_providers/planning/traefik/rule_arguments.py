"""What the matchers of a rule take as values; Traefik disables a router with any other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_interface

from phoenix_providers.planning.traefik.go_patterns import pattern_problem

_SNI = re.compile(r"(\*\.)?[A-Za-z0-9_.-]+|\*")
# Go knows neither zones nor masks written as addresses.
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]+(/\d+)?", re.ASCII)
_ESCAPES = re.compile(
    r"\\(?:(?P<plain>[abfnrtv\\\"])|x(?P<byte>[0-7][0-9A-Fa-f])|(?P<octal>[01][0-7]{2})"
    r"|(?P<code>u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}|U00(?:0(?!0[dD][89a-fA-F])[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})"
    r"|(?P<unknown>.))",
    re.DOTALL,
)
_PLAIN = dict(zip('abfnrtv\\"', '\a\b\f\n\r\t\v\\"', strict=True))
_ACME = "acme-tls/1"


def argument_problem(matcher: str, arguments: tuple[str, ...]) -> tuple[int, str] | None:
    """Return the index of the value that Traefik would refuse, with the reason; None when there is none."""
    for index, argument in enumerate(arguments):
        if not argument:
            return index, f"{matcher} needs a value"
    judge = _LAST.get(matcher)
    reason = judge(arguments[-1]) if judge and arguments else ""
    return (len(arguments) - 1, reason) if reason else None


def unknown_escape(quoted: str) -> re.Match[str] | None:
    """Return the first escape within double quotes that Go does not know; bytes beyond ASCII count as such."""
    return next((found for found in _ESCAPES.finditer(quoted) if found["unknown"]), None)


def unquoted(quoted: str) -> str:
    """Return what Go reads within double quotes."""
    return _ESCAPES.sub(_character, quoted)


def _character(found: re.Match[str]) -> str:
    if found["plain"]:
        return _PLAIN[found["plain"]]
    if found["octal"]:
        return chr(int(found["octal"], 8))
    return chr(int(found["byte"] or found["code"][1:], 16))


def _path(value: str) -> str:
    return "" if value.startswith("/") else f"a path begins with /, this is {value!r}"


def _host(value: str) -> str:
    return "" if value.isascii() else f"{value!r} is not ASCII; write it as xn--…"


def _sni(value: str) -> str:
    return "" if _SNI.fullmatch(value) else f"{value!r} is no host name"


def _host_pattern(value: str) -> str:
    return _host(value) or pattern_problem(value)


def address_problem(value: str) -> str:
    """Return why Traefik takes a text for neither an address nor a network; empty when it does."""
    try:
        ip_interface(value)
        known = _ADDRESS.fullmatch(value)
    except ValueError:
        known = None
    if not known:
        return f"{value!r} is neither an IP address nor a network such as 10.0.0.0/24"
    return ""


def _protocol(value: str) -> str:
    return f"{_ACME} is Traefik's own" if value == _ACME else ""


_LAST: Mapping[str, Callable[[str], str]] = {
    "Path": _path,
    "PathPrefix": _path,
    "Host": _host,
    "HostSNI": _sni,
    "ClientIP": address_problem,
    "ALPN": _protocol,
    **dict.fromkeys(("HostRegexp", "HostSNIRegexp"), _host_pattern),
    **dict.fromkeys(("PathRegexp", "HeaderRegexp", "QueryRegexp"), pattern_problem),
}
