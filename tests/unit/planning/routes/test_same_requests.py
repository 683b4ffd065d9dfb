"""A route of somebody else's for the same requests is told before ours stands beside it: Traefik would take one."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.routes.config_faults import config_faults
from phoenix_providers.planning.traefik.file_text import to_text
from phoenix_providers.planning.traefik.surroundings import Surroundings, read_other

RULE = "Host(`films.home.lan`)"


def document(name: str, kind: str = "http", **router: Any) -> dict[str, Any]:
    service = {"loadBalancer": {"servers": [{"url": "http://10.0.0.8:80"} if kind == "http" else {"address": "a:1"}]}}
    route = {"rule": RULE, "service": "films", "entryPoints": ["web"], **router}
    return {kind: {"routers": {name: route}, "services": {f"{name}-service": service, "films": service}}}


def faults(ours: dict[str, Any], theirs: Any, *had: dict[str, Any]) -> list[str]:
    text = theirs if isinstance(theirs, str) else to_text(theirs)
    others = (read_other("by-hand.yml", text),)
    around = Surroundings(ours={}, beside={}, others=others, running=None, standing=had)
    return [str(fault) for fault in config_faults(ours, around) if "same requests" in str(fault)]


def by_hand(name: str = "films-with-sign-in", kind: str = "http", **router: Any) -> dict[str, Any]:
    made = document(name, kind, middlewares=["auth"], **router)
    return {kind: {"routers": made[kind]["routers"]}}


@pytest.mark.parametrize(
    "router",
    [
        {},
        {"rule": "Host(`FILMS.home.lan`)"},
        {"entryPoints": ["websecure", "web"]},
        {"entryPoints": None},
        {"priority": 1},
        {"priority": len(RULE)},
    ],
)
def test_a_new_route_of_ours_is_refused_beside_one_by_hand(router: dict[str, Any]) -> None:
    (fault,) = faults(document("films-router"), by_hand(**router))
    assert fault.startswith("http.routers.films-router.rule")
    assert "films-with-sign-in in by-hand.yml" in fault
    assert "take the `traefik_service` of its guest out of the files" in fault


@pytest.mark.parametrize(
    "router",
    [
        {"rule": "Host(`films.home.lan`) && PathPrefix(`/a`)"},
        {"rule": "Host(`music.home.lan`)"},
        {"entryPoints": ["websecure"]},
        {"tls": {}},
        # Traefik tries the higher one first, and any of its own is above the length of a rule.
        {"priority": len(RULE) + 1},
        {"rule": 5},
        {"rule": "Hots("},
        {"priority": "high"},
        {"entryPoints": "web"},
    ],
)
def test_other_requests_are_no_matter(router: dict[str, Any]) -> None:
    assert faults(document("films-router"), by_hand(**router)) == []


@pytest.mark.parametrize(("middlewares", "count"), [([], 0), (["auth"], 1)])
def test_another_way_to_the_dashboard_is_no_matter_without_a_sign_in(middlewares: list[str], count: int) -> None:
    ours = document("traefik-dashboard-router", service="api@internal")
    theirs = by_hand("dashboard", service="api@internal")
    theirs["http"]["routers"]["dashboard"]["middlewares"] = middlewares
    assert len(faults(ours, theirs)) == count


@pytest.mark.parametrize("had", [document("films-router"), document("films-111", priority=1)])
def test_what_ours_has_answered_before_goes_on(had: dict[str, Any]) -> None:
    assert faults(document("films-router"), by_hand(), document("music"), had) == []


def test_one_more_entry_point_counts() -> None:
    theirs = by_hand(entryPoints=["websecure"])
    assert len(faults(document("films", entryPoints=["web", "websecure"]), theirs, document("films"))) == 1


@pytest.mark.parametrize("before", [{"rule": "Host(`music.home.lan`)"}, {"entryPoints": ["websecure"]}, {"tls": {}}])
def test_a_route_of_ours_that_begins_to_answer_the_same_is_refused(before: dict[str, Any]) -> None:
    (fault,) = faults(document("films-router"), by_hand(), document("films-router", **before))
    assert "films-with-sign-in in by-hand.yml" in fault


def test_one_name_in_both_is_told_as_such() -> None:
    assert faults(document("films-router"), by_hand("films-router")) == []


def test_a_route_for_tcp_is_told_as_well() -> None:
    rule = {"rule": "HostSNI(`films.home.lan`)", "tls": {"passthrough": True}}
    (fault,) = faults(document("films", "tcp", **rule), by_hand("other", "tcp", **rule))
    assert fault.startswith("tcp.routers.films.rule")


def test_a_file_in_toml_is_read_too() -> None:
    text = f'[http.routers.mine]\nrule = "{RULE}"\nservice = "x"\nentryPoints = ["web"]\n'
    around = Surroundings(ours={}, beside={}, others=(read_other("mine.toml", text),), running=None)
    assert any("mine in mine.toml" in str(fault) for fault in config_faults(document("films-router"), around))


@pytest.mark.parametrize("text", ["http: {routers: [a]}", "http: []", "http: {routers: {a: b}}", "tcp: x", "{{ env }}"])
def test_whatever_a_file_of_others_says_is_no_matter(text: str) -> None:
    assert faults(document("films-router"), text) == []
