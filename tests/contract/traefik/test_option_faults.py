"""What planning says of the values of options is what the real Traefik does with them."""

from __future__ import annotations

from typing import Any

from phoenix_providers.planning.traefik.file_text import to_text
from phoenix_providers.planning.traefik.option_check import option_faults
from phoenix_providers.planning.traefik.structure_check import structure_faults

SERVERS: dict[str, Any] = {"servers": [{"url": "http://127.0.0.1:1"}]}
HERE = {"sourceRange": ["10.0.0.1"]}
BREAKER = "NetworkErrorRatio() > 0.5"


def users(*given: str) -> dict[str, Any]:
    return {"basicAuth": {"users": list(given)}}


def digest(user: str) -> dict[str, Any]:
    return {"digestAuth": {"users": [user]}}


def allowed(*given: str, **more: Any) -> dict[str, Any]:
    return {"ipAllowList": {"sourceRange": list(given), **more}}


def pages(**more: Any) -> dict[str, Any]:
    return {"errors": {"service": "back", "query": "/", **more}}


def in_flight(**source: Any) -> dict[str, Any]:
    return {"inFlightReq": {"amount": 1, "sourceCriterion": source}}


def compressed(**options: Any) -> dict[str, Any]:
    return {"compress": options}


REFUSED: list[dict[str, Any]] = [
    users("nocolon"),
    users("a:b:c"),
    users("a:b", "c"),
    {"basicAuth": {"realm": "x"}},
    digest("a:b"),
    digest("a:b:c:d"),
    allowed("10.0.0.0/33"),
    allowed(),
    allowed("localhost"),
    allowed("10.0.0.01"),
    allowed("fe80::1%eth0"),
    allowed("10.0.0.0/255.0.0.0"),
    allowed("10.0.0.1", "x"),
    {"ipWhiteList": {"sourceRange": ["x"]}},
    {"ipWhiteList": {"sourceRange": []}},
    allowed("::1", rejectStatusCode=99),
    allowed("::1", rejectStatusCode=599),
    allowed("::1", ipStrategy={"excludedIPs": ["x"]}),
    allowed("::1", ipStrategy={"ipv6Subnet": 0}),
    allowed("::1", ipStrategy={"ipv6Subnet": 129}),
    allowed("::1", ipStrategy={"depth": 1, "ipv6Subnet": 0}),
    {"retry": {"attempts": 0}},
    {"retry": {"attempts": -1}},
    {"retry": {"initialInterval": "1s"}},
    {"retry": {"attempts": 1, "disableRetryOnNetworkError": True}},
    {"retry": {"attempts": 1, "status": ["x"]}},
    {"addPrefix": {"prefix": ""}},
    {"redirectScheme": {"permanent": True}},
    {"redirectScheme": {"scheme": ""}},
    in_flight(requestHost=True, requestHeaderName="x"),
    in_flight(requestHost=True, ipStrategy={"depth": 0}),
    in_flight(requestHeaderName="x", ipStrategy={"depth": 1}),
    in_flight(ipStrategy={"excludedIPs": ["x"]}),
    in_flight(ipStrategy={"ipv6Subnet": 0}),
    {"rateLimit": {"average": 1, "period": "-1s"}},
    {"rateLimit": {"average": 1, "period": "-5"}},
    {"rateLimit": {"average": 1, "sourceCriterion": {"requestHost": True, "requestHeaderName": "x"}}},
    pages(status=["x"]),
    pages(status=["500-"]),
    pages(status=["500--1"]),
    pages(status=["500"], statusRewrites={"x": 1}),
    {"errors": {"status": ["500"], "query": "/"}},
    compressed(excludedContentTypes=["a/b"], includedContentTypes=["c/d"]),
    compressed(excludedContentTypes=["a b"]),
    compressed(includedContentTypes=["text/"]),
    compressed(includedContentTypes=["a/b/c"]),
    compressed(includedContentTypes=["text/html; charset"]),
    compressed(encodings=["lzma"]),
    compressed(encodings=["GZIP"]),
    compressed(defaultEncoding="lzma"),
    compressed(defaultEncoding="br", encodings=["gzip"]),
    {"circuitBreaker": {"checkPeriod": "1s"}},
    {"circuitBreaker": {"expression": ""}},
    {"circuitBreaker": {"expression": "x"}},
    {"circuitBreaker": {"expression": "Foo() > 0.5"}},
    {"buffering": {"retryExpression": "x"}},
    {"buffering": {"retryExpression": "ResponseHeader(`a`) == `b`"}},
    {"buffering": {"maxRequestBodyBytes": -1}},
    {"buffering": {"memResponseBodyBytes": -1}},
    {"headers": {"frameDeny": False}},
    {"headers": {"allowedHosts": []}},
    {"headers": {"customFrameOptionsValue": ""}},
    {"forwardAuth": {"address": "http://x", "tls": {"cert": "x"}}},
    {"forwardAuth": {"address": "http://x", "tls": {"key": "x", "insecureSkipVerify": True}}},
]
TAKEN: list[dict[str, Any]] = [
    users("a:b"),
    users("a:"),
    users(" a:b "),
    digest("a:b:c"),
    {"digestAuth": {"realm": "x"}},
    allowed("10.0.0.5/24"),
    allowed("::1", "fe80::/10", " 10.0.0.1", "::ffff:10.0.0.1/104"),
    allowed("::1", rejectStatusCode=404),
    allowed("::1", rejectStatusCode=0),
    allowed("::1", ipStrategy={"depth": 1, "excludedIPs": ["x"]}),
    allowed("::1", ipStrategy={"depth": -1}),
    allowed("::1", ipStrategy={"ipv6Subnet": 128}),
    {"retry": {"attempts": 1, "status": ["500-599", "404", "599-500", "1-2-3"]}},
    {"addPrefix": {"prefix": "a"}},
    {"redirectScheme": {"scheme": "https"}},
    in_flight(requestHost=True),
    in_flight(ipStrategy={"depth": 1}),
    in_flight(requestHost=False, requestHeaderName=""),
    {"inFlightReq": {"amount": 0}},
    {"rateLimit": {"average": 1, "period": "0s"}},
    {"rateLimit": {"average": -1, "burst": -1}},
    pages(),
    pages(status=["404"], statusRewrites={"500-510": 404}),
    compressed(),
    compressed(includedContentTypes=["text/*", "text"]),
    compressed(excludedContentTypes=['text/html; a="b c"', "image/svg+xml", "text/html;charset=utf-8"]),
    compressed(encodings=["gzip", "br", "zstd"], defaultEncoding="zstd"),
    compressed(minResponseBodyBytes=-1),
    {"circuitBreaker": {"expression": f"({BREAKER}) && ResponseCodeRatio(500, 600, 0, 600) > 0.25"}},
    {"circuitBreaker": {"expression": "LatencyAtQuantileMS(50.0) > 100", "responseCode": 99}},
    {"buffering": {"retryExpression": "IsNetworkError() && Attempts() < 2 || RequestMethod() == `x y`"}},
    {"buffering": {"maxRequestBodyBytes": 0}},
    {"headers": {"stsSeconds": 0}},
    {"headers": {"isDevelopment": True}},
    {"headers": {"customRequestHeaders": {"X": ""}}},
    {"forwardAuth": {"address": "http://x"}},
]
SERVICES_REFUSED: list[dict[str, Any]] = [
    {**SERVERS, "strategy": "x"},
    {**SERVERS, "strategy": "WRR"},
    *(
        {"servers": [{"url": url}]}
        for url in (
            "127.0.0.1:80",
            "http://127.0.0.1:x",
            "::::",
            "a b://h",
            "1h://h",
            "http://a b",
            "http://[::1:1",
            "http://a/%zz",
        )
    ),
]
SERVICES_TAKEN: list[dict[str, Any]] = [
    SERVERS,
    *({**SERVERS, "strategy": strategy} for strategy in ("", "wrr", "p2c", "hrw", "leasttime")),
    *(
        {"servers": [{"url": url}]}
        for url in (
            "https://h:99999",
            "h2c://127.0.0.1:1",
            "http://[::1]:1",
            "http://u:p@h:1/a?b",
            "http://h:",
        )
    ),
]
TCP_REFUSED: list[dict[str, Any]] = [{"ipAllowList": {"sourceRange": ["x"]}}, {"ipWhiteList": {"sourceRange": []}}]
TCP_TAKEN: list[dict[str, Any]] = [{"ipAllowList": HERE}, {"inFlightConn": {"amount": 0}}]
TOP = 2**63 - 1001


def with_middlewares(refused: list[dict[str, Any]], taken: list[dict[str, Any]], tcp: bool = False) -> dict[str, Any]:
    """Return one router for each, whose name tells whether it is to be refused."""
    named = {f"no-{index}": item for index, item in enumerate(refused)}
    named |= {f"yes-{index}": item for index, item in enumerate(taken)}
    routers: dict[str, Any] = {
        name: {
            "rule": f"HostSNI(`{name}`)" if tcp else f"Host(`{name}`)",
            "service": "back",
            "middlewares": [name],
            "entryPoints": ["sec" if tcp else "web"],
        }
        | ({"tls": {}} if tcp else {})
        for name in named
    }
    server = {"servers": [{"address": "127.0.0.1:1"}]} if tcp else SERVERS
    return {"routers": routers, "middlewares": named, "services": {"back": {"loadBalancer": server}}}


def document() -> dict[str, Any]:
    http = with_middlewares(REFUSED, TAKEN)
    for said, services in (("no", SERVICES_REFUSED), ("yes", SERVICES_TAKEN)):
        for index, balancer in enumerate(services):
            name = f"{said}-service-{index}"
            http["services"][name] = {"loadBalancer": balancer}
            http["routers"][name] = {"rule": f"Host(`{name}`)", "service": name, "entryPoints": ["web"]}
    for name, priority in (("no-priority", TOP + 1), ("yes-priority", TOP), ("yes-below", -1)):
        http["routers"][name] = {
            "rule": f"Host(`{name}`)",
            "service": "back",
            "priority": priority,
            "entryPoints": ["web"],
        }
    tcp = with_middlewares(TCP_REFUSED, TCP_TAKEN, tcp=True)
    for name, version in (("no-version", 3), ("no-zero", 0), ("yes-version", 1)):
        balancer = {"servers": [{"address": "127.0.0.1:1"}], "proxyProtocol": {"version": version}}
        tcp["services"][name] = {"loadBalancer": balancer}
        tcp["routers"][name] = {"rule": f"HostSNI(`{name}`)", "service": name, "tls": {}, "entryPoints": ["sec"]}
    return {"http": http, "tcp": tcp}


def test_what_is_refused_when_planning_is_what_traefik_refuses(traefik) -> None:
    declared = document()
    assert structure_faults(declared) == ()
    faulty = {tuple(fault.path.split(".", 3)[:3]) for fault in option_faults(declared)}
    traefik.put("options.yml", to_text(declared))
    traefik.until(lambda: "yes-0@file" in traefik.routers(), "Traefik has not loaded the options")
    for protocol in ("http", "tcp"):
        live = traefik.routers(protocol)
        for name, router in declared[protocol]["routers"].items():
            status, said = live[f"{name}@file"]["status"], live[f"{name}@file"].get("error")
            used = {(protocol, "routers", name), (protocol, "services", router["service"])}
            used |= {(protocol, "middlewares", one) for one in router.get("middlewares", ())}
            told = (name, declared[protocol].get("middlewares", {}).get(name), said)
            assert (status == "enabled") is name.startswith("yes"), told
            assert bool(used & faulty) is name.startswith("no"), told
