"""The containers that a run restarts are exactly those of which `phoenix plan` has said so before."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from tests.system.conftest import Rehearsal, StartLab
from tests.system.stack_changes import DRIFTS, EDITS, add_stacks, tried

pytestmark = pytest.mark.engine

# Each round is a plan and a run, so each tries several changes: 104 in all.
ROUNDS, EDITS_OF_EACH, DRIFTS_OF_EACH = 8, 10, 3
# As many with few changes, of which none hides another.
MANY = 100
# Compose makes all services anew that depend on one, up to the version that Portainer 2.23 has; not so later ones.
STYLES = ("early", "async")

Containers = dict[str, tuple[str, str, str]]


@pytest.fixture(scope="module")
def sites(start_lab: StartLab, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Rehearsal, Path]]:
    """A site on each kind of Portainer, and its files as they were."""
    found = {}
    for style in STYLES:
        site = start_lab(style, edit=add_stacks)
        site.must_up()
        original = tmp_path_factory.mktemp("original") / "config"
        shutil.copytree(site.config, original)
        found[style] = (site, original)
    return found


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_what_restarts_was_announced(sites: dict[str, tuple[Rehearsal, Path]], seed: int) -> None:
    _compare(sites, seed, edits=EDITS_OF_EACH, drifts=DRIFTS_OF_EACH)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(1000, 1000 + MANY))
def test_what_restarts_was_announced_for_few_changes(sites: dict[str, tuple[Rehearsal, Path]], seed: int) -> None:
    chance = random.Random(seed)
    _compare(sites, seed, edits=chance.randrange(1, 4), drifts=chance.randrange(2))


def _compare(sites: dict[str, tuple[Rehearsal, Path]], seed: int, *, edits: int, drifts: int) -> None:
    chance = random.Random(seed)
    site, original = sites[STYLES[seed % len(STYLES)]]
    shutil.rmtree(site.config)
    shutil.copytree(original, site.config)
    changes = [*chance.choices(EDITS, k=edits), *chance.choices(DRIFTS, k=drifts)]
    done = [tried(change, site, chance) for change in changes]
    announced = _announced(site)
    before = site.by_hand.containers()
    run = site.up()
    assert run.code == 0, f"after {done}:\n{run.output}"
    assert announced == _happened(before, site.by_hand.containers()), f"after {done}"


def _announced(site: Rehearsal) -> dict[str, str]:
    """What becomes of each container that is touched, by its name; new ones have none yet, so they are counted."""
    plan = site.phoenix("plan", "--json")
    document = json.loads(plan.output[plan.output.index("{\n") :])
    environments = {one.vmid: one.name for one in site.plan.environments}
    found: dict[str, str] = {}
    for change in document["changes"]:
        for one in change["containers"]:
            assert one["certain"], one
            if one["fate"] == "created":
                key = f"new on {environments[change['vmid']]}"
                found[key] = str(int(found.get(key, 0)) + 1)
            elif one["fate"] != "untouched":
                found[f"{one['container']} on {environments[change['vmid']]}"] = one["fate"]
    return found


def _happened(before: Containers, after: Containers) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, (identifier, state, started) in before.items():
        if name not in after:
            found[name] = "removed"
        elif after[name][0] != identifier:
            found[name] = "recreated"
        elif after[name][2] != started:
            found[name] = "restarted" if state == "running" else "started"
        elif (state, after[name][1]) == ("paused", "running"):
            found[name] = "started"
    for name in after.keys() - before.keys():
        key = f"new on {name.partition(' on ')[2]}"
        found[key] = str(int(found.get(key, 0)) + 1)
    return found
