"""What the state has of a stack, and that nothing is lost by it."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.stacks.stored_stack import remembered, stored

CONTENT = {"compose": "services: {}", "env": {"A": "1"}, "services": ["web"]}
OTHER = CONTENT | {"compose": "services: {old: {}}"}
ROUTES = {"http": {"routers": {"web": {}}}}
FINE = {**CONTENT, "routes": ROUTES, "live_routes": ROUTES, "failure": "", "blocked": ""}


@pytest.mark.parametrize(
    ("outputs", "left_out", "added"),
    [
        pytest.param({**FINE, "last_good": CONTENT}, {"routes", "last_good"}, {"works"}, id="works"),
        pytest.param({**FINE, "last_good": OTHER}, {"routes"}, set(), id="another one worked"),
        pytest.param({**FINE, "live_routes": {}}, set(), set(), id="nothing is published yet"),
        pytest.param({**CONTENT, "last_good": CONTENT | {"env": {}}}, set(), set(), id="with other values"),
        pytest.param({**FINE, "routes": {}, "live_routes": {}}, {"routes"}, set(), id="no routes"),
    ],
)
def test_nothing_is_stored_twice_and_all_of_it_is_remembered(
    outputs: dict[str, Any], left_out: set[str], added: set[str]
) -> None:
    found = stored(outputs)
    assert found.keys() == outputs.keys() - left_out | added
    assert remembered(found) == outputs
    assert stored(remembered(found)) == found


def test_what_is_remembered_of_failures_is_stored_only_where_there_is_something() -> None:
    nothing = {"failed_digest": "", "failed_reason": "", "unpulled": None, "unsettled": "", "revived": [], "limits": {}}
    assert stored({**CONTENT, **nothing}) == CONTENT
    failed = {"failed_digest": "abc", "failed_reason": "no", "revived": ["web"], "limits": {"settle": 1}}
    assert stored({**CONTENT, **failed}) == {**CONTENT, **failed}


def test_what_an_older_version_has_stored_is_taken_as_it_is() -> None:
    old = {**FINE, "last_good": CONTENT, "failed_digest": ""}
    assert remembered(old) == old
