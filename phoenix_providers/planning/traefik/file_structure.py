"""Everything that a file for Traefik v3's file provider may say.

It is what labels may say, with a file's list of servers, and what only files know. Every field was loaded by Traefik
3.7.15. An empty map is refused by Traefik unless the option is switched on by being there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from phoenix_providers.planning.traefik.label_options import (
    BOOLEAN,
    DURATION,
    INTEGER,
    LIST,
    OPTIONS,
    TEXT,
    Fields,
    Items,
    Named,
    Shape,
)


def _all(shape: Shape, names: str) -> dict[str, Shape]:
    return dict.fromkeys(names.split(), shape)


def _fields(shape: Shape, *path: str) -> Mapping[str, Shape]:
    """Return the fields at a place in the shape; a map that users name is passed through."""
    for name in path:
        shape = cast(Fields, shape).fields[name]
        if isinstance(shape, Named):
            shape = shape.value
    return cast(Fields, shape).fields


_SWITCH = Fields({}, may_be_empty=True)
_CERTIFICATE = Fields(_all(TEXT, "certFile keyFile"))
_WEIGHTED = Items(Fields({"name": TEXT, "weight": INTEGER}))
_SPIFFE = Fields({"ids": LIST, "trustDomain": TEXT}, may_be_empty=True)
_TLS_CLIENT: dict[str, Shape] = {
    "serverName": TEXT,
    "insecureSkipVerify": BOOLEAN,
    "rootCAs": LIST,
    "certificates": Items(_CERTIFICATE),
    "peerCertURI": TEXT,
    "spiffe": _SPIFFE,
}


def _with_servers(protocol: str, server: Mapping[str, Shape]) -> Fields:
    balancer = dict(_fields(OPTIONS, protocol, "services", "loadBalancer"))
    del balancer["server"]
    return Fields(balancer | {"servers": Items(Fields(server))})


_HTTP_SERVICE = Fields(
    {
        "loadBalancer": _with_servers(
            "http", {"url": TEXT, "weight": INTEGER, "preservePath": BOOLEAN, "fenced": BOOLEAN}
        ),
        "weighted": Fields(
            {
                "services": _WEIGHTED,
                "sticky": Fields(_fields(OPTIONS, "http", "services", "loadBalancer", "sticky")),
                "healthCheck": _SWITCH,
            }
        ),
        "mirroring": Fields(
            {
                "service": TEXT,
                "mirrorBody": BOOLEAN,
                "maxBodySize": INTEGER,
                "mirrors": Items(Fields({"name": TEXT, "percent": INTEGER})),
                "healthCheck": _SWITCH,
            }
        ),
        "failover": Fields(
            {
                "service": TEXT,
                "fallback": TEXT,
                "healthCheck": _SWITCH,
                "errors": Fields({"status": LIST, "maxRequestBodyBytes": INTEGER}),
            }
        ),
        "highestRandomWeight": Fields({"services": _WEIGHTED, "healthCheck": _SWITCH}),
        "middlewares": LIST,
    }
)
_HTTP_TRANSPORT = Fields(
    _TLS_CLIENT
    | {
        "maxIdleConnsPerHost": INTEGER,
        "forwardingTimeouts": Fields(
            _all(DURATION, "dialTimeout responseHeaderTimeout idleConnTimeout readIdleTimeout pingTimeout")
        ),
        "disableHTTP2": BOOLEAN,
        "cipherSuites": LIST,
        "minVersion": TEXT,
        "maxVersion": TEXT,
    },
    may_be_empty=True,
)
_TCP_SERVICE = Fields(
    {
        "loadBalancer": _with_servers("tcp", {"address": TEXT, "tls": BOOLEAN}),
        "weighted": Fields({"services": _WEIGHTED, "healthCheck": _SWITCH}),
    }
)
_TCP_TRANSPORT = Fields(
    _all(DURATION, "dialKeepAlive dialTimeout terminationDelay")
    | {"proxyProtocol": Fields({"version": INTEGER}, may_be_empty=True), "tls": Fields(_TLS_CLIENT)},
    may_be_empty=True,
)
_UDP_SERVICE = Fields(
    {"loadBalancer": _with_servers("udp", {"address": TEXT}), "weighted": Fields({"services": _WEIGHTED})}
)
_TLS_OPTIONS = Fields(
    _all(LIST, "cipherSuites curvePreferences alpnProtocols")
    | _all(TEXT, "minVersion maxVersion")
    | _all(BOOLEAN, "sniStrict disableSessionTickets preferServerCipherSuites")
    | {"clientAuth": Fields({"caFiles": LIST, "clientAuthType": TEXT})},
    may_be_empty=True,
)
_TLS_STORE = Fields(
    {
        "defaultCertificate": _CERTIFICATE,
        "defaultGeneratedCert": Fields({"resolver": TEXT, "domain": Fields({"main": TEXT, "sans": LIST})}),
    },
    may_be_empty=True,
)


def _section(protocol: str, **more: Shape) -> Fields:
    """Return a protocol's section: routers and middlewares as labels have them, the rest as files have it."""
    section = dict(_fields(OPTIONS, protocol))
    return Fields(section | more)


FILE = Fields(
    {
        "http": _section("http", services=Named(_HTTP_SERVICE), serversTransports=Named(_HTTP_TRANSPORT)),
        "tcp": _section("tcp", services=Named(_TCP_SERVICE), serversTransports=Named(_TCP_TRANSPORT)),
        "udp": _section("udp", services=Named(_UDP_SERVICE)),
        "tls": Fields(
            {
                "certificates": Items(Fields(_all(TEXT, "certFile keyFile") | {"stores": LIST})),
                "options": Named(_TLS_OPTIONS),
                "stores": Named(_TLS_STORE),
            }
        ),
    }
)
