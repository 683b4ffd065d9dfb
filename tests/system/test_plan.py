"""`phoenix plan` and the engine's preview say the same, whatever was changed in the files and behind our back."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from tests.system.conftest import Rehearsal, StartLab
from tests.system.plan_and_preview import planned, previewed
from tests.system.site_changes import DRIFTS, EDITS, RISKY_EDITS, changed

pytestmark = pytest.mark.engine

# A preview takes seconds, so each tries many changes: 200 in all.
COMPARISONS, EDITS_OF_EACH, DRIFTS_OF_EACH = 10, 12, 8
# As many with few changes, of which none hides another.
MANY = 200


@pytest.fixture(scope="module")
def original(rehearsal: Rehearsal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files as they were."""
    kept = tmp_path_factory.mktemp("original") / "config"
    shutil.copytree(rehearsal.config, kept)
    return kept


def test_an_unchanged_site_has_no_changes(rehearsal: Rehearsal) -> None:
    done = rehearsal.phoenix("plan", "--detailed-exitcode")
    assert done.code == 0, done.output
    assert done.output.count("\n") == 1
    assert "nothing to do" in done.output


def test_before_the_first_run_all_is_new(start_lab: StartLab) -> None:
    rehearsal = start_lab()
    done = rehearsal.phoenix("plan", "--json")
    assert done.code == 0, done.output
    assert "Traceback" not in done.output
    changes = json.loads(done.output[done.output.index("{") :])["changes"]
    assert {one["action"] for one in changes} == {"make"}
    stacks = {one["name"] for one in changes if one["sending"]}
    assert stacks == {stack.resource_name for stack in rehearsal.plan.stacks}


def test_a_change_is_told_and_counts_where_it_is_asked_for(rehearsal: Rehearsal, original: Path) -> None:
    file = rehearsal.config / "stacks" / "grafana" / "docker-compose.yml"
    file.write_text(file.read_text().replace("12.1.1", "12.1.2"))
    done = rehearsal.phoenix("plan", "--json")
    assert done.code == 0, done.output
    (told,) = json.loads(done.output)["changes"]
    assert (told["name"], told["action"]) == ("grafana@113", "change")
    assert told["notes"][0]["text"] == "image 12.1.1 → 12.1.2"
    assert told["notes"][0]["place"].endswith("stacks/grafana/docker-compose.yml:3")
    assert [(one["service"], one["fate"]) for one in told["containers"]] == [("grafana", "recreated")]
    done = rehearsal.phoenix("plan", "--detailed-exitcode")
    assert done.code == 2, done.output
    assert "~ grafana@113" in done.output
    assert "restarts grafana; grafana's image " in done.output
    assert "its route stays" in done.output
    # The verdict judges what is deployed anew, and is no thing of anybody's.
    assert "1 change," in done.output


def test_what_is_wrong_with_the_files_keeps_its_exit_code(rehearsal: Rehearsal, original: Path) -> None:
    (rehearsal.config / "site.yaml").write_text("domain_name: [\n")
    done = rehearsal.phoenix("plan")
    assert done.code == 2, done.output
    assert "site.yaml" in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("seed", range(COMPARISONS))
def test_random_changes(rehearsal: Rehearsal, original: Path, seed: int) -> None:
    _compare(rehearsal, original, seed, edits=EDITS_OF_EACH, drifts=DRIFTS_OF_EACH)
    if seed % 5 == 4:
        # Whatever becomes of it: the next ones compare with what it has left.
        rehearsal.up()


@pytest.mark.parametrize("seed", range(1000, 1002))
def test_random_changes_that_may_be_refused(rehearsal: Rehearsal, original: Path, seed: int) -> None:
    _compare(rehearsal, original, seed, edits=2, drifts=2, risky=3)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(2000, 2000 + MANY))
def test_many_random_changes(rehearsal: Rehearsal, original: Path, seed: int) -> None:
    chance = random.Random(seed)
    edits, drifts, risky = chance.randrange(4), chance.randrange(3), chance.random() < 0.2
    _compare(rehearsal, original, seed, edits=edits, drifts=drifts, risky=int(risky))
    if chance.random() < 0.3:
        rehearsal.up()


def _compare(site: Rehearsal, original: Path, seed: int, *, edits: int, drifts: int, risky: int = 0) -> None:
    chance = random.Random(seed)
    changes = [*chance.choices(EDITS, k=edits), *chance.choices(RISKY_EDITS, k=risky)]
    done = changed(site, chance, original, [*changes, *chance.choices(DRIFTS, k=drifts)])
    plan, preview = planned(site), previewed(site)
    if plan != preview:
        # What was changed on the firewall is in force a moment later.
        plan = planned(site)
    assert plan == preview, f"after {done}:\nplan: {plan}\n\npreview: {preview}"
