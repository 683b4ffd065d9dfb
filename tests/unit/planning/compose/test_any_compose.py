"""Whatever a compose file or a label holds: it is planned, or it is a problem of the stack; nothing else happens."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import read_compose
from phoenix_providers.planning.compose.injection import inject
from phoenix_providers.planning.compose.mounted_files import MountedFile
from phoenix_providers.planning.compose.specification.reading import check_specification
from phoenix_providers.planning.compose.unsupported import refuse
from phoenix_providers.planning.compose.yaml_text import BrokenYamlError, load
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.traefik.label_decoding import read_labels
from phoenix_providers.planning.traefik.rule_grammar import RuleError, canonical, parse

_COMPOSE_WORDS = """
    services web image labels ports volumes configs env_file build extends profiles expose network_mode target source
    published protocol host_ip type bind file include ./x 80 8080:80 a=1 traefik.enable=true ${A} $ $$ {{ stack.env
"""
_WORDS = st.sampled_from(_COMPOSE_WORDS.split())
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-1, 70000), st.floats(allow_nan=False), _WORDS, st.text(max_size=5)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_WORDS, inner, max_size=3)),
    max_leaves=12,
)
_LABEL_WORDS = """
    http tcp udp routers services middlewares r s m rule tls domains[0] domains main sans loadbalancer server port
    headers customresponseheaders X plugin p a[0] enable docker compress weighted
"""
_LABELS = st.lists(st.sampled_from([*_LABEL_WORDS.split(), ""]), min_size=1, max_size=7).map(
    lambda parts: ".".join(["traefik", *parts])
)


def place(*path: str | int) -> Location:
    return Location(Path("compose.yml"), 1, ".".join(map(str, path)))


@given(_VALUES, st.dictionaries(_WORDS, _VALUES, max_size=6))
def test_any_compose_file(rest: Any, service: dict[str, Any]) -> None:
    text = json.dumps({"services": {"web": service, "other": rest}, "configs": rest, "include": rest})
    findings = Findings("x")
    compose = read_compose(text, {"A": "1"}, place, findings)
    if compose is None:
        assert findings.errors
        return
    refuse(compose, place, findings)
    check_specification(compose, place, findings)
    if not findings.errors:
        file = MountedFile("phoenix-a", "/a", "x", ("web",))
        assert load(inject(text, {"web": ["traefik.enable=true"]}, [file]))["services"]["web"]


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    try:
        load(text)
    except BrokenYamlError:
        assert read_compose(text, {}, place, Findings("x")) is None


@given(st.dictionaries(_LABELS, _WORDS))
def test_any_labels(labels: dict[str, str]) -> None:
    read = read_labels(labels)
    assert set(read.structure) <= {"http", "tcp", "udp"}


@given(st.text(alphabet="Host(`a`)&|! \"'\\,", max_size=30))
def test_any_rule(rule: str) -> None:
    with suppress(RuleError):
        assert canonical(parse(rule))
