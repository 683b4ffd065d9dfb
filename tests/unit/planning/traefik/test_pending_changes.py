"""What Traefik says of an item proves nothing as long as it is the item's old form."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.traefik.pending_changes import PendingChanges


def document(router: dict[str, Any]) -> dict[str, Any]:
    return {"http": {"routers": {"app": router}}}


def running(router: dict[str, Any], **state: Any) -> dict[str, Any]:
    return {"routers": {"app@file": {**router, "status": "enabled", "using": ["web"], **state}}}


OLD = {"rule": "Host(`a`)", "service": "app", "priority": 5, "middlewares": ["m"]}
LIVE = {**OLD, "middlewares": ["m@file"]}


@pytest.mark.parametrize(
    ("new", "live", "unseen", "refused"),
    [
        (OLD, LIVE, False, False),
        ({**OLD, "priority": 6}, LIVE, True, True),
        ({**OLD, "priority": 6}, {**LIVE, "priority": 6}, False, False),
        # Something else came of it than was declared: that is judged by what Traefik says of the item.
        ({**OLD, "priority": 6}, {**LIVE, "priority": 7}, False, False),
        # What leaves may have been a default, which stays.
        ({**OLD, "middlewares": []}, LIVE, True, False),
        ({"rule": "Host(`a`)", "service": "app", "middlewares": ["m@file"]}, LIVE, True, False),
        ({**OLD, "tls": {"domains": [{"main": "a"}]}}, LIVE, True, True),
        ({**OLD, "entryPoints": ["web", "sec"]}, {**LIVE, "entryPoints": ["web", "sec"]}, False, False),
    ],
)
def test_changes(new: dict[str, Any], live: dict[str, Any], unseen: bool, refused: bool) -> None:
    changes = PendingChanges(document(OLD), document(new), running(LIVE))
    # The state of an item changes without a reload.
    now = running(live, status="warning", serverStatus={"http://a": "DOWN"})
    assert bool(changes.unseen(now)) is unseen
    assert bool(changes.refused(now)) is refused


@pytest.mark.parametrize(("option", "shown"), [("0s", None), ("0", None), ("1.5m", "1m30s"), (5, "5s"), ("1us", "1µs")])
def test_another_word_for_what_is_there_is_no_failure(option: object, shown: str | None) -> None:
    old, new = (
        {"http": {"middlewares": {"m": {"retry": {"attempts": 2, **more}}}}} for more in ({}, {"timeout": option})
    )
    live = {"middlewares": {"m@file": {"retry": {"attempts": 2, "timeout": shown}, "status": "enabled"}}}
    changes = PendingChanges(old, new, live)
    assert changes.unseen(live)
    assert not changes.refused(live)


def test_items_that_are_new_or_gone_are_judged_elsewhere() -> None:
    assert PendingChanges({}, document(OLD), running(LIVE)).unseen(running(LIVE)) == ()
    assert PendingChanges(document(OLD), {}, running(LIVE)).unseen(running(LIVE)) == ()
    assert PendingChanges(document(OLD), document({**OLD, "priority": 6}), {}).unseen({}) == ()


def test_what_a_starting_traefik_had_not_yet_is_waited_for_but_never_a_failure() -> None:
    changes = PendingChanges(document(OLD), document({**OLD, "priority": 6}), {})
    assert changes.unseen(running(LIVE))
    assert not changes.refused(running(LIVE))


def test_a_router_that_stands_once_per_entry_point_is_one() -> None:
    names = {f"{point}-app@file": {**LIVE, "using": [point]} for point in ("sec", "tls")}
    changes = PendingChanges(document(OLD), document({**OLD, "priority": 6}), {"routers": names})
    (told,) = changes.refused({"routers": names})
    assert (told.path, str(told)) == ("http.routers.app", "router app still has its old options")
    half = {**names, "sec-app@file": {**names["sec-app@file"], "priority": 6}}
    assert changes.refused({"routers": half}) == ()
