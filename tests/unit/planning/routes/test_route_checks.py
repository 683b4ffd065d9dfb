"""Which routes `phoenix check NAME` means."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.routes.route_checks import route_checks


def part(router: str, host: str) -> dict[str, Any]:
    """One router."""
    return {"http": {"routers": {router: {"rule": f"Host(`{host}`)", "service": "s"}}}}


PARTS = {
    "infrastructure": part("git-router", "git.home.example"),
    "wiki@113": part("git-router-113", "wiki.home.example"),
}


@pytest.mark.parametrize(
    ("name", "owners"),
    [
        ("forgejo", ["infrastructure"]),
        ("Forgejo", ["infrastructure"]),
        ("FORGEJO", ["infrastructure"]),
        ("GIT", ["infrastructure"]),
        ("Git-Router", ["infrastructure"]),
        ("git.Home.Example", ["infrastructure"]),
        ("WIKI", ["wiki@113"]),
        ("Wiki@113", ["wiki@113"]),
        ("forge", []),
        ("", []),
    ],
)
def test_a_route_is_found_by_all_its_names_in_any_case(name: str, owners: list[str]) -> None:
    guests = {"git-router": "Forgejo", "git-router-113": "other"}
    checks = route_checks(PARTS, {}, {}, {}, guests)
    assert [check.owner for check in checks if check.is_about(name)] == owners
