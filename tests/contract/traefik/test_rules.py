"""Our grammar of rules and the real Traefik's agree, rule by rule."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.documents import to_text
from phoenix_providers.planning.structure_faults import structure_faults

HTTP = [
    "Path(`a`)",
    "PathPrefix(`a`)",
    "Path(`/a`)",
    "PathPrefix(`/{x}`)",
    "PathPrefix(``)",
    'PathPrefix("/a\\x41")',
    'PathPrefix("/\\d")',
    "Path(`/a?b`)",
    "Host(`ä`)",
    "Host(`a b`)",
    "Host(``)",
    "Host(`A.b`)",
    "Host(`*.a.b`)",
    "Host(`a`,`b`)",
    "Host()",
    'Host("a")',
    "Host('a')",
    "host(`a`)",
    "HOST(`a`)",
    "hoSt(`a`)",
    "pathprefix(`/a`)",
    "Pathprefix(`/a`)",
    "Host(`a`) && !Path(`/b`)",
    "!Host(`a`)",
    "Host(`a`)||Host(`b`)",
    "Host(`a`) | Host(`b`)",
    "Host(`a`) and Host(`b`)",
    "Host(`a`)Host(`b`)",
    "(Host(`a`))",
    "((Host(`a`) || Host(`b`)) && Path(`/`))",
    "Host(`a`);",
    "Host(a)",
    "Host(1)",
    "Host(`a`",
    "Host(`a",
    "Host(`a`) &&",
    "&& Host(`a`)",
    "HostSNI(`a`)",
    "Host(\n`a`)",
    "Header(`a`,`b`)",
    "Header(`a`)",
    "Header(``,`b`)",
    "Header(`a`,``)",
    "HeaderRegexp(`a`,`(`)",
    "HeaderRegexp(`a`,`b`)",
    "Query(`a`,`b`)",
    "Query(`a`)",
    "Query(`a`,`b`,`c`)",
    "QueryRegexp(`a`,`[`)",
    "QueryRegexp(`a`)",
    "Method(`GET`)",
    "Method(``)",
    "ClientIP(`x`)",
    "ClientIP(`10.0.0.1`)",
    "ClientIP(`10.0.0.0/99`)",
    "ClientIP(`10.0.0.1/8`)",
    "ClientIP(`::1/64`)",
    "ClientIP(`10.0.0.1`,`10.0.0.2`)",
    "HostRegexp(`^.+$`)",
    "HostRegexp(``)",
    "HostRegexp(`(`)",
    "HostRegexp(`(?=a)`)",
    "HostRegexp(`(?<!a)b`)",
    "HostRegexp(`a++`)",
    "HostRegexp(`a{2,1}`)",
    "HostRegexp(`a{1001}`)",
    "HostRegexp(`a{1000}`)",
    "HostRegexp(`(?P<x>a)`)",
    "HostRegexp(`(?<x>a)`)",
    "HostRegexp(`(?i)a`)",
    "HostRegexp(`a(?i)b`)",
    "HostRegexp(`(?i:a)`)",
    "HostRegexp(`\\d+`)",
    "HostRegexp(`\\p{Greek}`)",
    "HostRegexp(`\\pL`)",
    "HostRegexp(`\\Z`)",
    "HostRegexp(`\\z`)",
    "HostRegexp(`a\\Q(\\E`)",
    "HostRegexp(`[[:alpha:]]+`)",
    "HostRegexp(`\\\\1`)",
    "PathRegexp(`\\1`)",
    "PathRegexp(`^/(a|b)$`)",
    "PathRegexp(`*a`)",
    "PathRegexp(`\\x{61}`)",
    "HostRegexp(`{sub:[a-z]+}.a`)",
    "HostRegexp(`[z-a]`)",
]
TCP = [
    "HostSNI(`*`)",
    "HostSNI(`a`)",
    "HostSNI(`a b`)",
    "HostSNI(`ä`)",
    "HostSNI(``)",
    "HostSNI(`*.a.b`)",
    "!HostSNI(`a`)",
    "HostSNI(`a_b.c`)",
    "HostSNI(`-a.c`)",
    "HostSNI(`a.`)",
    "HostSNI(`a`) && ClientIP(`10.0.0.0/8`)",
    "hostsni(`*`)",
    "HostSNI(`*`) || HostSNI(`a`)",
    "HostSNIRegexp(`(`)",
    "HostSNIRegexp(`^a$`)",
    "ClientIP(`x`)",
    "ClientIP(`10.0.0.1`)",
    "ALPN(`h2`)",
    "ALPN(`acme-tls/1`)",
    "ALPN(``)",
    "Host(`a`)",
]


def documents(protocol: str, rules: list[str], more: dict[str, Any]) -> dict[str, Any]:
    server = {"url": "http://127.0.0.1:1"} if protocol == "http" else {"address": "127.0.0.1:1"}
    letter = "t" if "tls" in more else "r"
    routers = {f"{letter}{index}": {"rule": rule, "service": "s", **more} for index, rule in enumerate(rules)}
    return {protocol: {"services": {"s": {"loadBalancer": {"servers": [server]}}}, "routers": routers}}


@pytest.mark.parametrize(
    ("protocol", "rules", "more"),
    [
        ("http", HTTP, {"entryPoints": ["web"]}),
        ("tcp", TCP, {"entryPoints": ["web"]}),
        ("tcp", TCP, {"entryPoints": ["web"], "tls": {}}),
    ],
    ids=["http", "tcp", "tcp with TLS"],
)
def test_we_refuse_what_traefik_disables_and_nothing_else(shared_traefik, protocol, rules, more) -> None:
    document = documents(protocol, rules, more)
    refused = {fault.path.split(".")[2] for fault in structure_faults(document)}
    shared_traefik.put("rules.yml", to_text(document))
    names = list(document[protocol]["routers"])
    missing = "Traefik has not taken the rules"
    shared_traefik.until(lambda: f"{names[-1]}@file" in shared_traefik.routers(protocol), missing)
    live = shared_traefik.routers(protocol)
    assert len(refused) > 5
    different = {
        rule: live[f"{name}@file"].get("error") or "enabled"
        for name, rule in zip(names, rules, strict=True)
        if (live[f"{name}@file"]["status"] == "enabled") == (name in refused)
    }
    assert different == {}
