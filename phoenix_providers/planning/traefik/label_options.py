"""What Traefik's labels may say, and how the file provider spells it.

Every field here was loaded by Traefik 3.7.15 from a file. Options that exist only in files (`weighted`, `mirroring`,
`failover`, `serversTransports`) have no label form and are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Scalar(Enum):
    """A single value, or a list written with commas."""

    TEXT = "text"
    BOOLEAN = "true or false"
    INTEGER = "a whole number"
    LIST = "a list with commas"
    DURATION = "a duration such as 30s or 1m30s"
    PATTERN = "a regular expression as Go writes it"
    PATTERNS = "a list of regular expressions, with commas"


@dataclass(frozen=True)
class Fields:
    """Named options; `may_be_empty` says that `label=true` alone switches it on."""

    fields: Mapping[str, Shape]
    may_be_empty: bool = False


@dataclass(frozen=True)
class Items:
    """An indexed list: `domains[0].main`."""

    item: Fields


@dataclass(frozen=True)
class Named:
    """A map whose keys the user chooses."""

    value: Shape


@dataclass(frozen=True)
class Anything:
    """Options of a plugin, which nobody but the plugin knows."""


Shape = Scalar | Fields | Items | Named | Anything

TEXT, BOOLEAN, INTEGER, LIST = Scalar.TEXT, Scalar.BOOLEAN, Scalar.INTEGER, Scalar.LIST
DURATION, PATTERN, PATTERNS = Scalar.DURATION, Scalar.PATTERN, Scalar.PATTERNS


def _all(shape: Shape, names: str) -> dict[str, Shape]:
    return dict.fromkeys(names.split(), shape)


_DOMAINS = Items(Fields({"main": TEXT, "sans": LIST}))
_ROUTER_TLS: dict[str, Shape] = {"options": TEXT, "certResolver": TEXT, "domains": _DOMAINS}
_CLIENT_TLS = Fields(_all(TEXT, "ca cert key") | {"insecureSkipVerify": BOOLEAN})
_IP_STRATEGY = Fields({"depth": INTEGER, "excludedIPs": LIST, "ipv6Subnet": INTEGER}, may_be_empty=True)
# Here alone a file cannot say "with its defaults"; `depth: 0` says the same.
_SOURCE = Fields(
    {"ipStrategy": Fields(_IP_STRATEGY.fields), "requestHeaderName": TEXT, "requestHost": BOOLEAN},
)
_COOKIE = Fields(_all(TEXT, "name sameSite path domain") | _all(BOOLEAN, "secure httpOnly") | {"maxAge": INTEGER}, True)
_USERS = Fields({"users": LIST, "removeHeader": BOOLEAN} | _all(TEXT, "usersFile realm headerField"))
_ADDRESSES = Fields({"sourceRange": LIST, "ipStrategy": _IP_STRATEGY, "rejectStatusCode": INTEGER})
_TCP_ADDRESSES = Fields({"sourceRange": LIST})
_PERSON = "country province locality organization commonName serialNumber domainComponent"
_REDIS = Fields(
    _all(TEXT, "username password")
    | _all(DURATION, "readTimeout writeTimeout dialTimeout")
    | _all(INTEGER, "db poolSize minIdleConns maxActiveConns")
    | {"endpoints": LIST, "tls": _CLIENT_TLS}
)
_HEADERS = Fields(
    _all(
        BOOLEAN,
        "accessControlAllowCredentials addVaryHeader stsIncludeSubdomains stsPreload forceSTSHeader frameDeny"
        " contentTypeNosniff browserXssFilter isDevelopment sslRedirect sslTemporaryRedirect sslForceHost",
    )
    | _all(
        LIST,
        "accessControlAllowHeaders accessControlAllowMethods accessControlAllowOriginList"
        " accessControlExposeHeaders allowedHosts hostsProxyHeaders",
    )
    | _all(
        TEXT,
        "customFrameOptionsValue customBrowserXSSValue contentSecurityPolicy contentSecurityPolicyReportOnly publicKey"
        " referrerPolicy permissionsPolicy featurePolicy sslHost",
    )
    | {"accessControlAllowOriginListRegex": PATTERNS}
    | _all(INTEGER, "accessControlMaxAge stsSeconds")
    | _all(Named(TEXT), "customRequestHeaders customResponseHeaders sslProxyHeaders")
)
_FORWARD_AUTH = Fields(
    _all(TEXT, "address headerField authSigninURL")
    | {"authResponseHeadersRegex": PATTERN}
    | _all(BOOLEAN, "trustForwardHeader forwardBody preserveLocationHeader preserveRequestMethod")
    | _all(LIST, "authResponseHeaders authRequestHeaders addAuthCookiesToResponse")
    | _all(INTEGER, "maxBodySize maxResponseBodySize")
    | {"tls": Fields({**_CLIENT_TLS.fields, "caOptional": BOOLEAN})}
)
_CLIENT_CERTIFICATE = Fields(
    {
        "pem": BOOLEAN,
        "info": Fields(
            _all(BOOLEAN, "notAfter notBefore sans serialNumber")
            | {
                "subject": Fields(_all(BOOLEAN, f"{_PERSON} organizationalUnit")),
                "issuer": Fields(_all(BOOLEAN, _PERSON)),
            }
        ),
    }
)
_HTTP_MIDDLEWARE = Fields(
    {
        "addPrefix": Fields({"prefix": TEXT}),
        "basicAuth": _USERS,
        "buffering": Fields(
            _all(INTEGER, "maxRequestBodyBytes memRequestBodyBytes maxResponseBodyBytes memResponseBodyBytes")
            | _all(BOOLEAN, "disableRequestBuffer disableResponseBuffer")
            | {"retryExpression": TEXT}
        ),
        "chain": Fields({"middlewares": LIST}),
        "circuitBreaker": Fields(
            _all(DURATION, "checkPeriod fallbackDuration recoveryDuration")
            | {"expression": TEXT, "responseCode": INTEGER}
        ),
        "compress": Fields(
            _all(LIST, "excludedContentTypes includedContentTypes encodings")
            | {"minResponseBodyBytes": INTEGER, "defaultEncoding": TEXT},
            may_be_empty=True,
        ),
        "contentType": Fields({"autoDetect": BOOLEAN}, may_be_empty=True),
        "digestAuth": _USERS,
        "encodedCharacters": Fields(
            _all(
                BOOLEAN,
                "allowEncodedSlash allowEncodedBackSlash allowEncodedNullCharacter allowEncodedSemicolon"
                " allowEncodedPercent allowEncodedQuestionMark allowEncodedHash",
            )
        ),
        "errors": Fields({"status": LIST, "statusRewrites": Named(INTEGER), "service": TEXT, "query": TEXT}),
        "forwardAuth": _FORWARD_AUTH,
        "grpcWeb": Fields({"allowOrigins": LIST}),
        "headers": _HEADERS,
        "inFlightReq": Fields({"amount": INTEGER, "sourceCriterion": _SOURCE}),
        "ipAllowList": _ADDRESSES,
        "ipWhiteList": Fields({"sourceRange": LIST, "ipStrategy": _IP_STRATEGY}),
        "passTLSClientCert": _CLIENT_CERTIFICATE,
        "plugin": Named(Anything()),
        "rateLimit": Fields(
            {"average": INTEGER, "period": DURATION, "burst": INTEGER, "sourceCriterion": _SOURCE, "redis": _REDIS}
        ),
        "redirectRegex": Fields({"regex": PATTERN, "replacement": TEXT, "permanent": BOOLEAN}),
        "redirectScheme": Fields({"scheme": TEXT, "port": TEXT, "permanent": BOOLEAN}),
        "replacePath": Fields({"path": TEXT}),
        "replacePathRegex": Fields({"regex": PATTERN, "replacement": TEXT}),
        "retry": Fields(
            _all(INTEGER, "attempts maxRequestBodyBytes")
            | _all(DURATION, "initialInterval timeout")
            | _all(BOOLEAN, "disableRetryOnNetworkError retryNonIdempotentMethod")
            | {"status": LIST}
        ),
        "stripPrefix": Fields({"prefixes": LIST, "forceSlash": BOOLEAN}),
        "stripPrefixRegex": Fields({"regex": PATTERNS}),
    }
)
_HTTP_ROUTER = Fields(
    {
        "entryPoints": LIST,
        "middlewares": LIST,
        "service": TEXT,
        "rule": TEXT,
        "ruleSyntax": TEXT,
        "priority": INTEGER,
        "tls": Fields(_ROUTER_TLS, may_be_empty=True),
        "observability": Fields(_all(BOOLEAN, "accessLogs metrics tracing") | {"traceVerbosity": TEXT}),
    }
)
_HTTP_SERVICE = Fields(
    {
        "loadBalancer": Fields(
            {
                # Only labels know a single `server`; it becomes the file's list of `servers`.
                "server": Fields(
                    _all(TEXT, "port scheme url") | {"weight": INTEGER, "preservePath": BOOLEAN, "fenced": BOOLEAN}
                ),
                "healthCheck": Fields(
                    _all(TEXT, "scheme mode path method hostname")
                    | _all(DURATION, "interval unhealthyInterval timeout")
                    | {"status": INTEGER, "port": INTEGER, "followRedirects": BOOLEAN, "headers": Named(TEXT)}
                ),
                "passiveHealthCheck": Fields({"failureWindow": DURATION, "maxFailedAttempts": INTEGER}),
                "passHostHeader": BOOLEAN,
                "responseForwarding": Fields({"flushInterval": DURATION}),
                "serversTransport": TEXT,
                "strategy": TEXT,
                "sticky": Fields({"cookie": _COOKIE}, may_be_empty=True),
            }
        ),
        "middlewares": LIST,
    }
)
_TCP_SERVICE = Fields(
    {
        "loadBalancer": Fields(
            {
                "server": Fields({"port": TEXT, "tls": BOOLEAN}),
                "healthCheck": Fields(
                    _all(TEXT, "send expect") | _all(DURATION, "interval unhealthyInterval timeout") | {"port": INTEGER}
                ),
                "proxyProtocol": Fields({"version": INTEGER}, may_be_empty=True),
                "serversTransport": TEXT,
                "terminationDelay": INTEGER,
            }
        )
    }
)
_TCP_ROUTER = Fields(
    {
        "entryPoints": LIST,
        "middlewares": LIST,
        "service": TEXT,
        "rule": TEXT,
        "ruleSyntax": TEXT,
        "priority": INTEGER,
        "tls": Fields(_ROUTER_TLS | {"passthrough": BOOLEAN}, may_be_empty=True),
    }
)

OPTIONS = Fields(
    {
        "http": Fields(
            {"routers": Named(_HTTP_ROUTER), "services": Named(_HTTP_SERVICE), "middlewares": Named(_HTTP_MIDDLEWARE)}
        ),
        "tcp": Fields(
            {
                "routers": Named(_TCP_ROUTER),
                "services": Named(_TCP_SERVICE),
                "middlewares": Named(
                    Fields(
                        {
                            "inFlightConn": Fields({"amount": INTEGER}),
                            "ipAllowList": _TCP_ADDRESSES,
                            "ipWhiteList": _TCP_ADDRESSES,
                        }
                    )
                ),
            }
        ),
        "udp": Fields(
            {
                "routers": Named(Fields({"entryPoints": LIST, "service": TEXT})),
                "services": Named(Fields({"loadBalancer": Fields({"server": Fields({"port": TEXT})})})),
            }
        ),
    }
)
