"""How a stack is called, from files, state and what was seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.site_view.looked import Looked, SeenContainer
from phoenix_providers.cli.site_view.site_view import ProductView, StackView, Trouble
from phoenix_providers.cli.site_view.stack_views import stack_views
from phoenix_providers.cli.site_view.stored_site import StoredSite, StoredThing
from phoenix_providers.cli.site_view.views import environment_views
from phoenix_providers.clients.docker.records import DockerContainer, ListedContainer
from phoenix_providers.clients.portainer.records import Environment, StackRecord, StackStatus
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.stacks.health import HealthStatus

EXAMPLE = Path(__file__).parents[4] / "config"
PLAN = plan_site(load_configuration(EXAMPLE, Settings(secrets=frozenset({"MINIFLUX_DB_PASSWORD"}))))
NUMBER, PROJECT = 4, "grafana-production"
COMPOSE = "services:\n  grafana:\n    image: grafana/grafana:12.1.1\n    ports: ['8302:3000']\n"
ANSWERS = ProductView("Portainer", "", True)


def thing(**outputs: Any) -> StoredThing:
    known = {"compose": COMPOSE, "env": {}, "services": ["grafana"], "project": PROJECT, "stack_id": 7}
    return StoredThing("grafana@113", "PortainerStack", {**known, "environment_id": NUMBER, **outputs}, 1.0, 2.0)


def container(state: str, *, code: int | None = None, health: str = "") -> SeenContainer:
    name = f"{PROJECT}-grafana-1"
    listed = ListedContainer("c1", name, PROJECT, "grafana", False, "", state, "", (), image="grafana/grafana:12.1.1")
    ended = "" if state == "running" else "2026-01-02T03:04:05Z"
    return SeenContainer(
        listed,
        DockerContainer("c1", name, PROJECT, "grafana", state, health, code, 0, "unless-stopped", ended=ended),
    )


def seen(
    *containers: SeenContainer,
    status: StackStatus | None = StackStatus.ACTIVE,
    silent: bool = False,
    down: bool = False,
) -> Looked:
    """Return what is seen where Portainer has the stack in this state (None: not at all)."""
    unasked = ProductView("Proxmox", "", None)
    if down:
        return Looked(unasked, replace(ANSWERS, answers=False), unasked)
    record = StackRecord(7, PROJECT, NUMBER, status or StackStatus.ACTIVE, {}, "")
    return Looked(
        unasked,
        ANSWERS,
        unasked,
        environments=(Environment(NUMBER, "tools", "tcp://tools:9001", 2),),
        records=(record,) if status is not None else (),
        engines={NUMBER: Trouble("The agent does not answer") if silent else containers},
    )


def grafana(looked: Looked, stored: StoredThing | None) -> StackView:
    site = StoredSite({stored.name: stored} if stored is not None else {})
    views = stack_views(PLAN, site, looked, environment_views(PLAN, site, looked), is_read=True)
    return next(view for view in views if view.name == "grafana@113")


@pytest.mark.parametrize(
    ("looked", "stored", "health", "message", "next_step"),
    [
        (seen(container("running")), thing(), "Healthy", "", ""),
        (
            seen(container("exited", code=137)),
            thing(),
            "Degraded",
            "grafana is exited (137)",
            "phoenix sync stack grafana to 113",
        ),
        (
            seen(container("running", health="unhealthy")),
            thing(),
            "Degraded",
            "grafana is unhealthy",
            "docker logs grafana-production-grafana-1   (on its VM)",
        ),
        (
            seen(container("exited", code=1)),
            thing(failure="grafana: exited"),
            "Degraded",
            "grafana is exited (1)",
            "docker logs grafana-production-grafana-1   (on its VM)",
        ),
        (seen(container("running", health="starting")), thing(), "Progressing", "grafana is starting", None),
        (seen(status=None), thing(), "Missing", "Portainer has it no more", "phoenix sync stack grafana to 113"),
        (seen(), thing(), "Missing", "has no container", "phoenix sync stack grafana to 113"),
        (seen(status=StackStatus.INACTIVE), thing(), "Degraded", "stopped in Portainer", None),
        (seen(status=None), None, "Missing", "never deployed", "phoenix sync stack grafana to 113"),
        (seen(silent=True), thing(), "Unknown", "environment tools does not answer", ""),
        (seen(down=True), thing(), "Unknown", "Portainer does not answer", ""),
        (seen(down=True), None, "Missing", "never deployed", None),
        (seen(container("running")), None, "Unknown", "Portainer has it, and no run has taken it over yet", None),
    ],
)
def test_health(looked: Looked, stored: StoredThing | None, health: str, message: str, next_step: str | None) -> None:
    view = grafana(looked, stored)
    assert (view.health, view.message) == (HealthStatus(health), message)
    assert next_step is None or view.next_step == next_step


def test_since_when_and_with_which_image() -> None:
    view = grafana(seen(container("exited", code=1)), thing())
    assert view.since == 1767323045.0
    assert [(one.name, one.image, one.state) for one in view.services] == [
        ("grafana", "grafana/grafana:12.1.1", "exited")
    ]


def test_the_image_of_the_files_where_there_is_no_container() -> None:
    assert grafana(seen(), thing()).services[0].image == "grafana/grafana:12.1.1"


def test_a_failed_deploy_is_told_beside_the_health_of_what_runs() -> None:
    view = grafana(seen(container("running")), thing(failure="the image x cannot be pulled\n  seen: y"))
    assert view.health is HealthStatus.HEALTHY
    assert not view.is_fine
    assert view.note == "its last deploy failed: the image x cannot be pulled"
    assert view.next_step == "phoenix sync stack grafana to 113"


def test_what_left_the_files_is_told_unless_they_cannot_be_read() -> None:
    gone = replace(thing(), name="old@113")
    site = StoredSite({"old@113": gone})
    looked = seen()
    environments = environment_views(PLAN, site, looked)
    *_, view = stack_views(PLAN, site, looked, environments, is_read=True)
    assert (view.name, view.note) == ("old@113", "not in the files any more: a run would remove it")
    *_, unread = stack_views(site.plan(), site, looked, (), is_read=False)
    assert (unread.name, unread.note) == ("old@113", "")


@pytest.mark.parametrize(
    ("looked", "health"),
    [
        (seen(container("running")), HealthStatus.HEALTHY),
        (seen(), HealthStatus.MISSING),
        (seen(silent=True), HealthStatus.UNKNOWN),
        (replace(seen(), engines={}), HealthStatus.UNKNOWN),
    ],
)
def test_what_leaves_the_files_with_its_machine_is_not_called_missing_unseen(
    looked: Looked, health: HealthStatus
) -> None:
    left = replace(PLAN, environments=tuple(one for one in PLAN.environments if one.vmid != 113), stacks=())
    stored = StoredSite({"grafana@113": thing()})
    (view,) = stack_views(left, stored, looked, environment_views(left, stored, looked), is_read=True)
    assert view.health is health
