"""A TCP router that would take every plain HTTP request."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.routes.catch_all import check_catch_all

HTTP = {"plain": {"entryPoints": ["web"]}, "secure": {"entryPoints": ["websecure"], "tls": {}}}


def faults(tcp: dict[str, Any], http: dict[str, Any]) -> list[str]:
    findings = Findings("mqtt")
    check_catch_all({"tcp": {"routers": {"mqtt": tcp}}}, {"http": {"routers": http}}, findings)
    return [problem.message for problem in findings.errors]


@pytest.mark.parametrize(
    "tcp",
    [
        {"rule": "HostSNI(`*`)", "entryPoints": ["web"]},
        {"rule": "hostsni(`*`)", "entryPoints": ["mqtt", "web"]},
        {"rule": "HostSNI(`*`)"},
    ],
)
def test_it_is_refused_where_http_listens(tcp: dict[str, Any]) -> None:
    (message,) = faults(tcp, HTTP)
    assert "the TCP router mqtt would take every HTTP request" in message


@pytest.mark.parametrize(
    "tcp",
    [
        {"rule": "HostSNI(`*`)", "entryPoints": ["mqtt"]},
        {"rule": "HostSNI(`*`)", "entryPoints": ["websecure"]},
        {"rule": "HostSNI(`*`)", "entryPoints": ["web"], "tls": {}},
        {"rule": "HostSNI(`a.home.example`)", "entryPoints": ["web"]},
        {"rule": "ClientIP(`10.0.0.1`)", "entryPoints": ["web"]},
    ],
)
def test_it_is_fine_elsewhere(tcp: dict[str, Any]) -> None:
    assert faults(tcp, HTTP) == []


def test_it_is_refused_where_an_http_router_takes_the_default_entry_points() -> None:
    assert faults({"rule": "HostSNI(`*`)", "entryPoints": ["mqtt"]}, {"plain": {}}) != []
