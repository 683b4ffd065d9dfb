"""Values that Traefik loads and then refuses: it disables every router that leads there.

What is here is what Traefik 3.7's own builders refuse, as far as it can be seen without the machine it runs on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus

from phoenix_providers.models.traefik_records import DynamicConfiguration, TraefikItem
from phoenix_providers.planning.findings import nearest
from phoenix_providers.planning.traefik.rule_arguments import address_problem
from phoenix_providers.planning.traefik.structure_check import Fault

_HIGHEST_PRIORITY = 2**63 - 1 - 1000
_STRATEGIES = ("wrr", "p2c", "hrw", "leasttime")
_ENCODINGS = ("gzip", "br", "zstd")
_BREAKER_WORDS = ("NetworkErrorRatio", "ResponseCodeRatio", "LatencyAtQuantileMS")
_BUFFERING_WORDS = ("RequestMethod", "IsNetworkError", "Attempts", "ResponseCode")
_NUMBER = re.compile(r"\+?[0-9]+", re.ASCII)
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a token of MIME
_MEDIA_TYPE = re.compile(rf"\s*{_TOKEN}(/{_TOKEN})?\s*(;\s*{_TOKEN}=({_TOKEN}|\"[^\"]*\")\s*)*;?\s*", re.ASCII)
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_QUOTED = re.compile(r"`[^`]*`|\"(?:[^\"\\]|\\.)*\"")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/?#%]*([/?#](%[0-9a-fA-F]{2}|[^%\x00-\x1f\x7f])*)?")
_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(:[0-9]*)?")
_LIMITS = ("maxRequestBodyBytes", "memRequestBodyBytes", "maxResponseBodyBytes", "memResponseBodyBytes")

# Option (dotted, below the kind of the middleware; empty for the kind itself), reason, what would be right.
_Told = tuple[str, str, str]


def option_faults(document: DynamicConfiguration) -> Iterator[Fault]:
    """Yield what Traefik would load and then refuse; the paths lead to the option."""
    for protocol in ("http", "tcp"):
        part = document.get(protocol, {})
        for name, router in part.get("routers", {}).items():
            if (priority := int(router.get("priority", 0))) > _HIGHEST_PRIORITY:
                reason = f"the priority {priority} is kept for Traefik itself"
                yield Fault(f"{protocol}.routers.{name}.priority", reason, f"{_HIGHEST_PRIORITY} at most")
        for name, service in part.get("services", {}).items():
            judge = _http_service if protocol == "http" else _tcp_service
            yield from _below(f"{protocol}.services.{name}.loadBalancer", judge(service.get("loadBalancer") or {}))
        for name, middleware in part.get("middlewares", {}).items():
            for kind, options in middleware.items():
                if found := _MIDDLEWARES.get(kind):
                    yield from _below(f"{protocol}.middlewares.{name}.{kind}", found(options or {}))


def _below(path: str, found: Iterable[_Told]) -> Iterator[Fault]:
    for option, reason, expected in found:
        yield Fault(f"{path}.{option}" if option else path, reason, expected)


def _http_service(balancer: TraefikItem) -> Iterator[_Told]:
    strategy = balancer.get("strategy") or "wrr"
    if strategy not in _STRATEGIES:
        expected = nearest(strategy, _STRATEGIES) or f"one of {', '.join(_STRATEGIES)}"
        yield "strategy", f"there is no strategy {strategy}", expected
    for server in balancer.get("servers", ()):
        url = str(server.get("url", "http://"))
        found = _URL.fullmatch(url)
        if not found or not _PORT.fullmatch(url.partition("://")[2].partition("/")[0].rpartition("@")[2]):
            yield "server.url", f"{url!r} is no URL of a server", "http://HOST:PORT"


def _tcp_service(balancer: TraefikItem) -> Iterator[_Told]:
    version = (balancer.get("proxyProtocol") or {}).get("version", 2)
    if version not in {1, 2}:
        yield "proxyProtocol.version", f"there is no version {version} of the PROXY protocol", "1 or 2"


def _add_prefix(options: TraefikItem) -> Iterator[_Told]:
    if not options.get("prefix"):
        yield "prefix", "the prefix is empty", "a path such as /app"


def _basic_auth(options: TraefikItem) -> Iterator[_Told]:
    users = options.get("users") or ()
    if not users and not options.get("usersFile"):
        yield "users", "there are no users", "NAME:HASH, or a file of Traefik's own as usersFile"
    yield from _users(users, 2, "NAME:HASH, with each $ of the hash doubled in a compose file")


def _digest_auth(options: TraefikItem) -> Iterator[_Told]:
    yield from _users(options.get("users") or (), 3, "NAME:REALM:HASH")


def _users(users: Iterable[str], parts: int, expected: str) -> Iterator[_Told]:
    # The hash is not to be shown, not even a wrong one.
    for number, user in enumerate(users, 1):
        if len(user.split(":")) != parts:
            count = user.count(":")
            yield "users", f"user {number} of the list has {count or 'no'} colon{'s' * (count != 1)}", expected


def _buffering(options: TraefikItem) -> Iterator[_Told]:
    for name in _LIMITS:
        if options.get(name, 0) < 0:
            yield name, f"{options[name]} is less than nothing", "0 for no limit"
    yield from _words("retryExpression", options.get("retryExpression") or "", _BUFFERING_WORDS)


def _circuit_breaker(options: TraefikItem) -> Iterator[_Told]:
    expression = options.get("expression") or ""
    if not expression.strip():
        yield "expression", "it has no expression", "for example NetworkErrorRatio() > 0.30"
    yield from _words("expression", expression, _BREAKER_WORDS)


def _words(option: str, expression: str, known: tuple[str, ...]) -> Iterator[_Told]:
    for word in _WORD.findall(_QUOTED.sub("", expression)):
        if word not in known:
            expected = nearest(word, known) or f"one of {', '.join(known)}"
            yield option, f"the expression uses {word}, which Traefik does not know here", expected


def _compress(options: TraefikItem) -> Iterator[_Told]:
    encodings = options.get("encodings") or _ENCODINGS
    lists = [name for name in ("excludedContentTypes", "includedContentTypes") if options.get(name)]
    if len(lists) > 1:
        yield lists[1], f"{lists[0]} is there as well", "one of the two"
    for name in lists:
        for media_type in options[name]:
            if not _MEDIA_TYPE.fullmatch(media_type):
                yield name, f"{media_type!r} is no media type", "for example text/html"
    for encoding in encodings:
        if encoding not in _ENCODINGS:
            yield "encodings", f"there is no encoding {encoding}", f"of {', '.join(_ENCODINGS)}"
    if (default := options.get("defaultEncoding")) and default not in encodings:
        yield "defaultEncoding", f"{default} is none of its encodings", f"one of {', '.join(encodings)}"


def _errors(options: TraefikItem) -> Iterator[_Told]:
    if not options.get("service"):
        yield "service", "it names no service for its pages", "the name of a service"
    yield from _statuses("status", options.get("status") or ())
    for status in options.get("statusRewrites") or {}:
        yield from _statuses(f"statusRewrites.{status}", (status,))


def _statuses(option: str, ranges: Iterable[str]) -> Iterator[_Told]:
    for one in ranges:
        if not all(map(_NUMBER.fullmatch, one.strip().split("-")[:2])):
            yield option, f"{one!r} is neither a status nor a range of them", "for example 404,500-599"


def _forward_auth(options: TraefikItem) -> Iterator[_Told]:
    yield from _certificate("tls", options.get("tls") or {})


def _certificate(option: str, tls: TraefikItem) -> Iterator[_Told]:
    if bool(tls.get("cert")) != bool(tls.get("key")):
        yield option, "of certificate and key there is only one", "both"


def _headers(options: TraefikItem) -> Iterator[_Told]:
    if not any(value or (isinstance(value, int) and not isinstance(value, bool)) for value in options.values()):
        yield "", "none of its options does anything", "an option that is switched on"


def _in_flight(options: TraefikItem) -> Iterator[_Told]:
    yield from _source(options.get("sourceCriterion") or {})


def _rate_limit(options: TraefikItem) -> Iterator[_Told]:
    yield from _source(options.get("sourceCriterion") or {})
    period = str(options.get("period", ""))
    if period.startswith("-") and period.strip("-0hmsnuµμ.") != "":
        yield "period", f"{period} is less than nothing", "a time such as 1s"
    yield from _certificate("redis.tls", (options.get("redis") or {}).get("tls") or {})


def _source(options: TraefikItem) -> Iterator[_Told]:
    names = [name for name in ("ipStrategy", "requestHeaderName", "requestHost") if name in options]
    used = [name for name in names if name == "ipStrategy" or options[name]]
    if len(used) > 1:
        yield f"sourceCriterion.{used[1]}", f"{used[0]} is there as well", "one of them"
    elif "ipStrategy" in used:
        yield from _strategy("sourceCriterion.ipStrategy", options["ipStrategy"] or {})


def _addresses(options: TraefikItem) -> Iterator[_Told]:
    ranges = options.get("sourceRange") or ()
    if not ranges:
        yield "sourceRange", "it lets nobody in: there is no address", "addresses, or networks such as 10.0.0.0/24"
    yield from _networks("sourceRange", ranges)
    if (status := options.get("rejectStatusCode")) and status not in set(HTTPStatus):
        yield "rejectStatusCode", f"there is no status {status}", "for example 403"
    yield from _strategy("ipStrategy", options.get("ipStrategy") or {})


def _strategy(option: str, options: TraefikItem) -> Iterator[_Told]:
    subnet = options.get("ipv6Subnet")
    if subnet is not None and not 0 < subnet <= 128:
        yield f"{option}.ipv6Subnet", f"{subnet} is no length of a prefix", "1 to 128"
    # With a depth Traefik does not look at the others.
    if options.get("depth", 0) <= 0:
        yield from _networks(f"{option}.excludedIPs", options.get("excludedIPs") or ())


def _networks(option: str, ranges: Iterable[str]) -> Iterator[_Told]:
    for one in ranges:
        if problem := address_problem(one.strip()):
            yield option, problem, "for example 10.0.0.0/24"


def _redirect_scheme(options: TraefikItem) -> Iterator[_Told]:
    if not options.get("scheme"):
        yield "scheme", "it names no scheme", "https"


def _retry(options: TraefikItem) -> Iterator[_Told]:
    attempts = options.get("attempts", 0)
    if attempts <= 0:
        yield "attempts", f"{attempts} attempts are none", "1 or more"
    statuses = options.get("status") or ()
    if options.get("disableRetryOnNetworkError") and not statuses:
        yield "disableRetryOnNetworkError", "then nothing is left for which it tries again", "a `status` beside it"
    yield from _statuses("status", statuses)


_MIDDLEWARES: Mapping[str, Callable[[TraefikItem], Iterator[_Told]]] = {
    "addPrefix": _add_prefix,
    "basicAuth": _basic_auth,
    "buffering": _buffering,
    "circuitBreaker": _circuit_breaker,
    "compress": _compress,
    "digestAuth": _digest_auth,
    "errors": _errors,
    "forwardAuth": _forward_auth,
    "headers": _headers,
    "inFlightReq": _in_flight,
    "ipAllowList": _addresses,
    "ipWhiteList": _addresses,
    "rateLimit": _rate_limit,
    "redirectScheme": _redirect_scheme,
    "retry": _retry,
}
