"""Our structure of a file and the real Traefik's agree: what we let through loads, and what stops Traefik we refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest

from phoenix_providers.planning.traefik.file_structure import FILE
from phoenix_providers.planning.traefik.label_options import Anything, Fields, Items, Named, Scalar, Shape
from phoenix_providers.planning.traefik.structure_check import structure_faults

SAMPLES: dict[Scalar, Any] = {
    Scalar.TEXT: "1s",
    Scalar.BOOLEAN: True,
    Scalar.INTEGER: 1,
    Scalar.LIST: ["a", "b"],
    Scalar.DURATION: "1m30s",
    Scalar.PATTERN: "^a$",
    Scalar.PATTERNS: ["^a$"],
}


def sample(shape: Shape) -> Any:
    """Return a value with every option that there is."""
    if isinstance(shape, Scalar):
        return SAMPLES[shape]
    if isinstance(shape, Fields):
        return {name: sample(field) for name, field in shape.fields.items()}
    if isinstance(shape, Items):
        return [sample(shape.item)]
    if isinstance(shape, Named):
        return {"x": sample(shape.value)}
    assert isinstance(shape, Anything)
    return {"option": "1"}


def test_every_option_is_one_that_traefik_loads(shared_traefik) -> None:
    assert shared_traefik.accepts(sample(FILE)) == ""


SERVICE = {"loadBalancer": {"servers": [{"url": "http://127.0.0.1:1"}]}}


def http(**parts: Any) -> dict[str, Any]:
    return {"http": parts}


def middleware(**options: Any) -> dict[str, Any]:
    return http(middlewares={"m": options})


def router(**options: Any) -> dict[str, Any]:
    return http(routers={"r": {"rule": "Host(`a`)", "service": "noop@internal", **options}})


STOPS_TRAEFIK = {
    "an unknown key of a router": router(middleware=["a"]),
    "an unknown middleware": middleware(compres={}),
    "an empty section": {"http": {}},
    "no routers": http(routers={}),
    "no services": http(services={}),
    "a load balancer without options": http(services={"s": {"loadBalancer": {}}}),
    "headers without options": middleware(headers={}),
    "no custom headers": middleware(headers={"customRequestHeaders": {}}),
    "no health check": http(services={"s": {"loadBalancer": {**SERVICE["loadBalancer"], "healthCheck": {}}}}),
    "a priority that is no number": router(priority="x"),
    "a priority with a fraction": router(priority=1.5),
    "a priority too large": router(priority=2**63),
    "a switch that is none": middleware(headers={"frameDeny": "maybe"}),
    "a duration without unit or number": middleware(retry={"attempts": 1, "initialInterval": "soon"}),
    "an empty duration": middleware(retry={"attempts": 1, "initialInterval": ""}),
    "a text where a map belongs": middleware(headers="x"),
    "a template that does not end": middleware(addPrefix={"prefix": "/{{ x"}),
    "a template with an unknown function": middleware(addPrefix={"prefix": "/{{ x }}"}),
}


@pytest.mark.parametrize("name", STOPS_TRAEFIK)
def test_what_stops_traefik_is_refused_with_its_place(shared_traefik, name: str) -> None:
    document = STOPS_TRAEFIK[name]
    faults = structure_faults(document)
    assert faults
    # JSON is YAML too, and writes what our own writer refuses.
    assert shared_traefik.accepts_text(json.dumps(document)) != ""
    assert shared_traefik.accepts_text("") == ""


TAKEN = {
    "TLS by presence": router(tls={}),
    "compress by presence": middleware(compress={}),
    "an empty list": router(middlewares=[]),
    "a priority below zero": router(priority=-5),
    "a number of seconds": middleware(retry={"attempts": 1, "initialInterval": 5}),
    "a duration with a fraction": middleware(retry={"attempts": 1, "initialInterval": "1.5h2m"}),
    "a sticky service": http(services={"s": {"loadBalancer": {**SERVICE["loadBalancer"], "sticky": {"cookie": {}}}}}),
    "TLS options without any": {"tls": {"options": {"o": {}}}},
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_traefik_takes_is_let_through(shared_traefik, name: str) -> None:
    assert structure_faults(TAKEN[name]) == ()
    assert shared_traefik.accepts(TAKEN[name]) == ""


REFUSED_BY_US_ALONE = {
    "two kinds of a service": http(
        services={"s": {**SERVICE, "weighted": {"services": [{"name": "a", "weight": 1}]}}},
    ),
    "two kinds of a middleware": middleware(addPrefix={"prefix": "/a"}, replacePath={"path": "/b"}),
    "no kind of a middleware": http(middlewares={"m": {}}),
    "a name with @": http(middlewares={"m@file": {"compress": {}}}),
    "a router without service": http(routers={"r": {"rule": "Host(`a`)"}}),
    "an unknown section": {"htttp": {"routers": {"r": {"rule": "Host(`a`)", "service": "s"}}}},
    "a list": ["http"],
}


@pytest.mark.parametrize("name", REFUSED_BY_US_ALONE)
def test_what_can_only_be_a_mistake_is_refused_too(name: str) -> None:
    assert structure_faults(REFUSED_BY_US_ALONE[name])


def test_a_fault_says_where_and_what_was_meant() -> None:
    (fault,) = structure_faults(router(middleware=["a"]))
    assert fault.path == "http.routers.r.middleware"
    assert "middlewares" in fault.expected
    (fault,) = structure_faults(router(rule="Host(`a`) && PahPrefix(`/`)"))
    assert fault.path == "http.routers.r.rule"
    assert "did you mean PathPrefix? (at character 14)" in fault.reason
