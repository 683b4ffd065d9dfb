"""What the state tells of names and rules that two stacks want: it is the newcomer's mistake alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.unknown_stacks import Recorded
from phoenix_providers.planning.site_plan import SitePlan, StackPlan

EXAMPLE = Path(__file__).parents[4] / "config"
NEWCOMER, OLDER = "homepage@111", "grafana@113"
SETTINGS = Settings(secrets=frozenset({"RESTIC_PASSWORD", "MINIFLUX_DB_PASSWORD", "PAPERLESS_SECRET_KEY"}))


@pytest.fixture
def plan(tmp_path: Path) -> Callable[..., SitePlan]:
    """Plan the example, with something replaced in the labels of the newcomer."""

    def run(old: str = "", new: str = "", recorded: Recorded | None = None) -> SitePlan:
        config = tmp_path / "config"
        shutil.copytree(EXAMPLE, config, dirs_exist_ok=True)
        manifest = config / "stacks" / "homepage" / "phoenix.yaml"
        text = manifest.read_text()
        assert old in text
        manifest.write_text(text.replace(old, new))
        return plan_site(load_configuration(config, SETTINGS), recorded)

    return run


def stack(plan: SitePlan, name: str) -> StackPlan:
    return next(one for one in plan.stacks if one.resource_name == name)


def published(plan: SitePlan) -> Recorded:
    stacks = {
        one.resource_name: RecordedStack(one.resource_name, one.environment, 1, one.project, one.compose or "")
        for one in plan.stacks
    }
    return Recorded(routes={one.resource_name: one.routes for one in plan.stacks}, stacks=stacks)


def test_nothing_is_contested_in_the_example(plan: Callable[..., SitePlan]) -> None:
    assert not plan().contested


def test_a_rule_is_the_newcomers_mistake(plan: Callable[..., SitePlan]) -> None:
    before = published(plan())
    both = plan("start.home.example", "grafana.home.example")
    assert both.contested
    assert [bool(stack(both, name).problems) for name in (NEWCOMER, OLDER)] == [True, True]
    one = plan("start.home.example", "grafana.home.example", before)
    assert [bool(stack(one, name).problems) for name in (NEWCOMER, OLDER)] == [True, False]
    (problem,) = stack(one, NEWCOMER).problems
    assert str(problem.location).endswith("stacks/homepage/phoenix.yaml:13")
    assert problem.routes_only


def test_a_name_stays_with_who_has_it(plan: Callable[..., SitePlan]) -> None:
    before = published(plan())
    wants = ("routers.homepage.", "routers.grafana.")
    assert set(stack(plan(*wants), NEWCOMER).routes["http"]["routers"]) == {"grafana"}
    sticky = plan(*wants, before)
    assert set(stack(sticky, NEWCOMER).routes["http"]["routers"]) == {"grafana-111"}
    assert stack(sticky, OLDER).routes == before.routes[OLDER]


def test_a_port_stays_with_who_has_it(tmp_path: Path) -> None:
    """Whatever stands first in the files, and whether the newcomer is new or was edited."""
    config = tmp_path / "config"
    shutil.copytree(EXAMPLE, config)
    first = config / "stacks" / "vaultwarden" / "docker-compose.yml"
    before = published(plan_site(load_configuration(config, SETTINGS)))
    first.write_text(first.read_text().replace('"8301:80"', '"8302:80"'))

    def blocked(recorded: Recorded | None) -> list[bool]:
        plan = plan_site(load_configuration(config, SETTINGS), recorded)
        assert plan.contested
        return [bool(stack(plan, name).problems) for name in ("vaultwarden@113", OLDER)]

    assert blocked(None) == [False, True]
    assert blocked(before) == [True, False]
    assert blocked(replace(before, stacks={OLDER: before.stacks[OLDER]})) == [True, False]


def test_a_name_at_portainer_stays_with_who_has_it(tmp_path: Path) -> None:
    """Otherwise the newcomer would take the record of a stack that is said to stay as it is."""
    config = tmp_path / "config"
    shutil.copytree(EXAMPLE, config)
    before = published(plan_site(load_configuration(config, SETTINGS)))
    shutil.copytree(config / "stacks" / "backup", config / "stacks" / "Grafana")
    vms = config / "vms.yaml"
    vms.write_text(vms.read_text().replace("      - vaultwarden\n", "      - Grafana\n      - vaultwarden\n"))
    assert plan_site(load_configuration(config, SETTINGS)).contested
    plan = plan_site(load_configuration(config, SETTINGS), before)
    assert [bool(stack(plan, name).problems) for name in ("Grafana@113", OLDER)] == [True, False]
