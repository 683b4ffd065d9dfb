"""Whatever stands in labels: the stack is blocked with a reason, or the file is one that the real Traefik loads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import read_compose
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.routes.names import RouteNames
from phoenix_providers.planning.routes.service_labels import Label
from phoenix_providers.planning.routes.service_routes import Backend
from phoenix_providers.planning.routes.stack_routes import stack_routes
from phoenix_providers.planning.traefik.file_text import to_text
from phoenix_providers.planning.traefik.label_options import OPTIONS, Fields, Items, Named, Scalar, Shape
from phoenix_providers.planning.traefik.merge import merge_routes
from phoenix_providers.planning.traefik.structure_check import structure_faults

COMPOSE = "services:\n  web:\n    image: nginx\n    ports: ['8080:80', '8443:443', '53:53/udp']\n"
PLACE = Location(Path("phoenix.yaml"), 1)


def options(shape: Shape, prefix: str, name: str) -> Iterator[tuple[str, Scalar]]:
    """Yield the key of every option that labels have, with its kind; items that users name are called `name`."""
    if isinstance(shape, Scalar):
        yield prefix, shape
    elif isinstance(shape, Fields):
        for field, inner in shape.fields.items():
            yield from options(inner, f"{prefix}.{field}", name)
        if shape.may_be_empty:
            yield prefix, Scalar.BOOLEAN
    elif isinstance(shape, Items):
        yield from options(shape.item, f"{prefix}[0]", name)
    elif isinstance(shape, Named):
        yield from options(shape.value, f"{prefix}.{name}", name)
    else:
        yield f"{prefix}.some.option", Scalar.TEXT


# A middleware is of one kind only, so that kinds get names of their own.
KEYS = [
    (key.replace(".middlewares.x.", f".middlewares.{key.split('.')[4]}.") if ".middlewares.x." in key else key, kind)
    for key, kind in options(OPTIONS, "traefik", "x")
]
ODD_VALUES = r"""
{{ {{env`HOME`}} }} ` " \ # - a:b true null ~ 0x1f 1_000 -1 1e9 1s 1d ( (?=a) a{2,1} @file x@docker Host(`a`) Host(`ä`)
http://127.0.0.1:1 &x *x !x
"""
ODD_CHARACTERS = ["", " ", "\n", "\x85", "\u2028", "\ufeff", "\x7f", "\x00", "\ud7ff", "a\n# b", "9" * 30, "9" * 5000]
ODD = st.one_of(st.text(max_size=12), st.sampled_from([*ODD_VALUES.split(), *ODD_CHARACTERS]))
SOUND: Mapping[Scalar, st.SearchStrategy[str]] = {
    Scalar.TEXT: st.sampled_from(["a", "/a", "x", "1"]),
    Scalar.BOOLEAN: st.sampled_from(["true", "false", "TRUE", "1"]),
    Scalar.INTEGER: st.integers(-5, 10**10).map(str),
    Scalar.LIST: st.sampled_from(["a", "a,b", "web", ""]),
    Scalar.DURATION: st.sampled_from(["1s", "1h30m", "0", "1.5m", "-3s"]),
    Scalar.PATTERN: st.sampled_from(["^a$", "(a|b)*", ""]),
    Scalar.PATTERNS: st.sampled_from(["^a$,b", ""]),
}
NAMES = st.one_of(
    st.sampled_from(
        ["x", "X", "a-b", "a_b", "ä", "on", "null", "1", "true", "a b", "a/b", "a:b", "<<", "&a", "x" * 200]
    ),
    st.text(min_size=1, max_size=4),
)


@st.composite
def labels(draw: st.DrawFn) -> dict[str, str]:
    """Mostly real options with sound values, some odd ones among them."""
    chosen = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=8, unique=True))
    name = draw(NAMES) if draw(st.booleans()) else "x"
    result = {}
    for key, kind in chosen:
        sound = draw(st.integers(0, 9)) > 1
        rule = key.lower().endswith(".rule")
        value = draw(SOUND[kind] if sound else ODD)
        if rule and sound:
            value = "HostSNI(`*`)" if ".tcp." in key else "Host(`a.home.example`) && PathPrefix(`/x`)"
        result[key.replace(".x", f".{name}")] = value
    return result


def planned(found: Mapping[str, str], findings: Findings) -> dict[str, Any]:
    compose = read_compose(COMPOSE, {}, lambda *_: PLACE, findings)
    assert compose is not None
    by_service = {"web": {key: Label(value, PLACE) for key, value in found.items()}}
    routes = stack_routes(compose.services, by_service, Backend("apps", "127.0.0.1", "app-production"), findings)
    return merge_routes([RouteNames().settle(routes, "app@111")])


def generated() -> dict[str, Mapping[str, str]]:
    """Return the files of a few hundred generated configurations that planning lets through, with their labels."""
    texts: dict[str, Mapping[str, str]] = {}

    @settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
    @given(found=labels())
    def generate(found: dict[str, str]) -> None:
        findings = Findings("app")
        document = planned(found, findings)
        if findings.errors:
            event("blocked")
            return
        event("routed" if document else "nothing to route")
        assert structure_faults(document) == ()
        texts[to_text(document)] = found

    generate()
    return texts


def test_no_labels_give_a_file_that_traefik_refuses(shared_traefik) -> None:
    """Many files at once: one that Traefik refuses stops its whole directory, and is then looked for among them."""
    texts = generated()
    assert len(texts) > 60
    for batch in batched(list(texts), 50):
        if together := shared_traefik.accepts_texts(batch):
            refused = {text: said for text in batch if (said := shared_traefik.accepts_text(text))}
            assert not refused, [(texts[text], text, said) for text, said in refused.items()]
            pytest.fail(f"Traefik takes each of these files alone, and together says {together}")


@pytest.mark.parametrize("wrong", [0, 49])
def test_one_wrong_file_among_many_is_found(shared_traefik, wrong: int) -> None:
    texts = [to_text({"http": {"middlewares": {f"m{number}": {"compress": {}}}}}) for number in range(50)]
    assert shared_traefik.accepts_texts(texts) == ""
    texts[wrong] = "http:\n  routers: {}\n"
    assert "cannot be a standalone element" in shared_traefik.accepts_texts(texts)


def batched(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def test_a_label_without_a_service_name_means_the_only_service() -> None:
    findings = Findings("app")
    labels = {
        "traefik.http.routers.x.rule": "Host(`a.home.example`)",
        "traefik.http.routers.x.service": "",
        "traefik.http.services.s.loadbalancer.server.port": "80",
    }
    assert planned(labels, findings)["http"]["routers"]["x"]["service"] == "s"
    assert not findings.errors
