"""Texts that `--diff` shows line by line, whatever they would read as."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_providers.resources.by_line import by_line, whole
from phoenix_providers.resources.portainer_stack import PortainerStackProvider
from phoenix_providers.resources.provider import declared_by

COMPOSE = "services:\n  web:\n    image: nginx:1\n"


def about(_text: str) -> str:
    return "nginx:1"


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (COMPOSE, f"@ nginx:1\n{COMPOSE}"),
        ('{"a": 1}', '@ nginx:1\n{"a": 1}'),
        ("", "@ nginx:1\n"),
        (["web", "db"], "@: web, db"),
        # What could not be told apart afterwards stays a list.
        (["web, db"], ["web, db"]),
        ([], []),
        (None, None),
    ],
)
def test_no_text_reads_as_an_object(value: Any, stored: Any) -> None:
    assert by_line(value, None, about) == stored
    assert whole(stored) == value


@pytest.mark.parametrize("before", [COMPOSE, f"@ line by line\n{COMPOSE}", f"@ nginx:1\n{COMPOSE}"])
def test_what_does_not_change_stays_as_any_version_has_stored_it(before: str) -> None:
    assert by_line(COMPOSE, before, about) == before
    assert by_line(f"{COMPOSE}# more\n", before, about) == f"@ nginx:1\n{COMPOSE}# more\n"


def test_a_list_of_an_older_version_stays() -> None:
    assert by_line(["web"], ["web"], about) == ["web"]
    assert by_line(["web", "db"], ["web"], about) == "@: web, db"
    assert by_line(["web"], "@: web", about) == "@: web"


@given(st.one_of(st.text(), st.lists(st.text(max_size=5), max_size=3)))
def test_whatever_it_is_comes_back(value: Any) -> None:
    # A compose text or JSON begins with no such mark.
    if isinstance(value, str) and value.startswith("@"):
        return
    assert whole(by_line(value, None, about)) == value


def test_whoever_reads_inputs_of_a_stack_gets_them_as_they_were_declared() -> None:
    inputs = {
        "compose": f"@ nginx:1\n{COMPOSE}",
        "routes": '@ a.example\n{"http":{}}',
        "server": '@ https://10.0.0.1:9443\n{"url":"https://10.0.0.1:9443"}',
        "services": "@: web, db",
        "a shown": "item",
    }
    older = {"compose": COMPOSE, "routes": '{"http":{}}', "server": '{"url":"https://10.0.0.1:9443"}'}
    declared = {"compose": COMPOSE, "routes": {"http": {}}, "server": {"url": "https://10.0.0.1:9443"}}
    provider, services = PortainerStackProvider(), ["web", "db"]
    assert declared_by(provider, inputs) == {**declared, "services": services}
    assert declared_by(provider, {**older, "services": services}) == {**declared, "services": services}
