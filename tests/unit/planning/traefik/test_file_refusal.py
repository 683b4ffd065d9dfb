"""Why a file was not written: one cause is told once."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.routes.config_faults import config_faults
from phoenix_providers.planning.routes.refused_routes import Refusal, told_refusal
from phoenix_providers.planning.traefik.file_refusal import causes
from phoenix_providers.planning.traefik.surroundings import RunningTraefik, Surroundings

GUESTS = ("ca", "git", "jellyfin", "portainer")


def guests(point: str = "web", transport: str = "") -> dict[str, Any]:
    """The routes of some guests."""
    balancer = {"servers": [{"url": "https://10.0.0.1"}]} | ({"serversTransport": transport} if transport else {})
    routers = {
        f"{name}-router": {"entryPoints": [point], "rule": f"Host(`{name}.home.example`)", "service": f"{name}-service"}
        for name in GUESTS
    }
    services = {f"{name}-service": {"loadBalancer": balancer} for name in GUESTS}
    return {"http": {"routers": routers, "services": services}}


def test_an_entry_point_that_all_guests_have_from_the_setting_is_one_cause() -> None:
    around = Surroundings({}, {}, (), RunningTraefik({}, frozenset({"web", "websecure"})))
    (cause,) = causes(config_faults(guests("websecur"), around))
    assert cause.what == "Traefik has no entry point websecur"
    assert cause.where.startswith("http.routers.ca-router.entryPoints, ")
    assert cause.where.endswith("http.routers.jellyfin-router.entryPoints, and 1 more")
    assert cause.expected == "did you mean websecure?"
    assert cause.next_step == "pulumi config set phoenix:entryPoints NAME"


def test_so_is_a_transport_that_nobody_defines() -> None:
    (cause,) = causes(config_faults(guests(transport="internal-ca@file"), Surroundings({}, {}, (), None)))
    assert "phoenix:serversTransport.rootCa" in cause.next_step
    assert "phoenix:serversTransport.name" in cause.next_step


def test_other_causes_stay_apart() -> None:
    document = guests()
    document["http"]["routers"]["git-router"]["service"] = "gitt-service"
    document["http"]["routers"]["ca-router"]["middlewares"] = ["auth"]
    found = causes(config_faults(document, Surroundings({}, {}, (), None)))
    assert sorted(cause.what for cause in found) == ["there is no middleware auth", "there is no service gitt-service"]
    assert all(cause.next_step.startswith("correct the route") for cause in found)


@pytest.mark.parametrize(
    ("places", "step"),
    [
        ({"http.routers.app.entrypoints": "phoenix.yaml:7"}, "correct the label, then: "),
        ({"http.routers.app.rule": "phoenix.yaml:6"}, "pulumi config set phoenix:entryPoints NAME, then: "),
    ],
)
def test_a_stack_that_names_no_entry_point_has_it_from_the_setting(places: dict[str, str], step: str) -> None:
    reason = {"path": "http.routers.app.entryPoints", "reason": "Traefik has no entry point wep", "expected": ""}
    told = told_refusal("app@111", Refusal.from_output({"reasons": [reason]}), places)
    assert f"  next:     {step}phoenix sync stack app to 111" in told
