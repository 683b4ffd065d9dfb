"""What is taken for plain has nothing in it that the published schema would refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_providers.models.files.ordinary_yaml import read_ordinary
from phoenix_providers.planning.compose.specification import plain_services
from phoenix_providers.planning.compose.specification.plain_services import is_plain
from phoenix_providers.planning.compose.specification.published_schema import _validator

ROOT = Path(__file__).parents[5]
KEYS = [*plain_services._SERVICE, *plain_services._HEALTH, "condition", "driver", "options", "external", "name", "x-a"]
LEAVES = st.sampled_from(
    [
        *(
            "",
            "a",
            "a b",
            "8080:80",
            "30s",
            "service_healthy",
            "service_started",
            "always",
            "é",
            "a\n",
            "-",
            "aa",
            "no",
        ),
        *(0, 1, 80, -1, True, False, None, 1.5),
    ]
)
LISTS = st.lists(LEAVES, max_size=3)
MAPS = st.dictionaries(st.sampled_from([*KEYS, "", "a b", "a\n", "A_1"]), LEAVES | LISTS, max_size=3)
VALUES = LEAVES | LISTS | st.lists(MAPS, max_size=2) | MAPS | st.dictionaries(st.sampled_from(["a", "b"]), MAPS)
SERVICES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4)
FILES = st.fixed_dictionaries(
    {"services": st.dictionaries(st.sampled_from(["web", "a b", "a\n"]), SERVICES, max_size=2)},
    optional={"volumes": VALUES, "networks": VALUES, "version": VALUES, "name": VALUES, "x-a": VALUES, "other": VALUES},
)


def errors(model: Any) -> list[str]:
    return [error.message for error in _validator().iter_errors(model)]


@given(FILES)
def test_no_plain_file_is_refused(model: Any) -> None:
    assert not is_plain(model) or errors(model) == []


@pytest.mark.parametrize("key", sorted(plain_services._SERVICE))
@given(data=st.data())
def test_no_plain_service_is_refused(key: str, data: st.DataObject) -> None:
    model = {"services": {"web": {key: data.draw(VALUES)}}}
    assert not is_plain(model) or errors(model) == []


@given(VALUES, st.sampled_from(["interval", "retries", "test", "timeout"]))
def test_no_plain_check_of_health_is_refused(value: Any, key: str) -> None:
    model = {"services": {"web": {"healthcheck": {key: value}}}}
    assert not is_plain(model) or errors(model) == []


def test_the_example_is_plain() -> None:
    files = sorted((ROOT / "config" / "stacks").rglob("docker-compose.yml"))
    read = [read_ordinary(file.read_text(encoding="utf-8")) for file in files]
    assert sum(one is not None and is_plain(one.data) for one in read) >= len(files) * 0.7


@pytest.mark.parametrize(
    "service",
    [
        {"imagee": "a"},
        {"ports": "80"},
        {"volumes": ["a", "a"]},
        {"environment": [1]},
        {"depends_on": {"db": {}}},
        {"depends_on": {"db": {"condition": ["a"]}}},
        None,
    ],
)
def test_what_is_left_to_the_schema(service: Any) -> None:
    assert not is_plain({"services": {"web": service}})
