"""From the engine's events to how far a run is."""

from __future__ import annotations

import pytest

from phoenix_providers.cli.run_progress.engine_events import Said, read
from phoenix_providers.cli.run_progress.progress import Progress
from phoenix_providers.cli.run_progress.record import run_record
from phoenix_providers.cli.run_progress.rows import rows
from phoenix_providers.cli.run_progress.things import ON_PRODUCTS, Thing
from phoenix_providers.models.run_record import RunStep
from phoenix_providers.planning.site.changes.site_changes import THINGS
from phoenix_providers.planning.site.run_parts import Part
from tests.unit.cli.run_progress.made_events import (
    ENVIRONMENT,
    GATE,
    OURS,
    ROOT,
    RULES,
    STACK_ROUTES,
    VERDICT,
    done,
    environment_urn,
    event,
    said,
    stack_urn,
    urn_of,
)

GRAFANA, WHOAMI = stack_urn("grafana@113"), stack_urn("whoami@112")
BEGUN = Progress.beginning(100.0)


@pytest.mark.parametrize(
    ("urn", "part", "words"),
    [
        (GRAFANA, Part(6, 113), "grafana@113"),
        (environment_urn(113), Part(6, 113), "environment 113"),
        (GATE, Part(3), "the products' answers"),
        (RULES, Part(4), "firewall rules of guest 113"),
        (urn_of("proxmoxve:index/hostsLegacy:HostsLegacy", "hosts@pve"), Part(4), "names of pve"),
        (urn_of(f"{OURS}:FirewallOptions", "firewall@cluster"), Part(4), "firewall options of the datacenter"),
        (STACK_ROUTES, Part(7), "routes of stacks"),
        (VERDICT, Part(8), "the verdict"),
        # States of before have no parts: the resource itself says where it belongs.
        (f"{ROOT}{OURS}:PortainerStack::grafana@113", Part(6, 113), "grafana@113"),
    ],
)
def test_where_things_belong_and_what_they_are_called(urn: str, part: Part, words: str) -> None:
    thing = Thing.of(urn)
    assert thing is not None
    assert (thing.part, thing.words) == (part, words)


@pytest.mark.parametrize(
    "urn",
    [
        f"{ROOT}pulumi:pulumi:Stack::site-lab",
        f"{ROOT}pulumi:providers:pulumi-python::default",
        f"{ROOT}{ENVIRONMENT}::environment-113",
        f"{ROOT}phoenix:site/StateFormat:PortainerStack::2-state",
        urn_of(f"{OURS}:LastWord", "last-word-1", "phoenix:site:Verdict"),
    ],
)
def test_what_only_groups_or_is_the_engines_own_is_not_seen(urn: str) -> None:
    assert Thing.of(urn) is None


def test_what_counts_as_a_thing_is_what_plans_count() -> None:
    assert ON_PRODUCTS == THINGS


def test_an_unchanged_thing_is_looked_at_and_settled() -> None:
    progress = BEGUN.after(done("refresh", GRAFANA), 101.0)
    assert (progress.looked_at, progress.settled) == ({GRAFANA}, frozenset())
    progress = progress.after(done("same", GRAFANA), 102.0)
    assert (progress.settled, progress.unchanged, progress.works) == ({GRAFANA}, 1, {})


def test_a_change_has_a_beginning_and_an_end() -> None:
    progress = BEGUN.after([event("began", "update", GRAFANA)], 101.0)
    assert [work.thing.name for work in progress.running] == ["grafana@113"]
    assert progress.changes == ()
    progress = progress.after([event("ended", "update", GRAFANA)], 104.5)
    assert progress.running == ()
    assert [work.seconds for work in progress.changes] == [3.5]
    assert progress.unchanged == 0


def test_a_replacement_is_one_change() -> None:
    events = [*done("create-replacement", RULES), *done("replace", RULES), event("began", "delete-replaced", RULES)]
    progress = BEGUN.after(events, 101.0)
    assert [work.operation for work in progress.running] == ["replace"]
    progress = progress.after([event("ended", "delete-replaced", RULES)], 103.0)
    assert [(work.operation, work.seconds) for work in progress.changes] == [("replace", 2.0)]


def test_a_stack_may_be_wrong_though_its_operation_has_ended_well() -> None:
    progress = BEGUN.after(done("update", GRAFANA, outputs={"failure": "not sent"}), 101.0)
    assert [(row.title, row.state) for row in rows(progress) if row.part.vmid] == [("113", "failed")]


def test_a_read_that_fails_is_a_failure() -> None:
    progress = BEGUN.after([event("began", "refresh", RULES), event("failed", "refresh", RULES)], 101.0)
    assert [(row.part.step, row.state) for row in rows(progress) if row.state == "failed"] == [(4, "failed")]


def test_environments_get_their_names_from_portainers_step() -> None:
    inputs = {"environment": "tools"}
    progress = BEGUN.after([*done("same", environment_urn(113), inputs=inputs), *done("same", GRAFANA)], 101.0)
    assert [row.title for row in rows(progress) if row.part.vmid] == ["113 tools"]


def test_states_of_rows_while_it_runs_and_when_it_was_stopped() -> None:
    progress = BEGUN.after([*done("refresh", GATE), *done("refresh", GRAFANA), *done("refresh", WHOAMI)], 101.0)
    progress = progress.after([*done("same", GATE), event("began", "update", GRAFANA)], 102.0)
    states = {(row.part.step, row.part.vmid): row.state for row in rows(progress)}
    assert states == {
        (3, 0): "done",
        (4, 0): "waiting",
        (5, 0): "waiting",
        (6, 0): "working",
        (6, 112): "waiting",
        (6, 113): "working",
        (7, 0): "waiting",
        (8, 0): "waiting",
    }
    stopped = progress.ended(103.0)
    states = {(row.part.step, row.part.vmid): row.state for row in rows(stopped)}
    # Of what it has never heard of nobody can say anything.
    assert states == {(3, 0): "done", (6, 0): "not done", (6, 112): "not done", (6, 113): "not done"}
    assert [thing.name for thing in stopped.waiting] == ["whoami@112"]


def test_a_run_for_one_stack_has_only_its_steps() -> None:
    assert [row.part.step for row in rows(Progress.beginning(1.0, (6, 7, 8)))] == [6, 7, 8]


def test_what_is_said_is_heard_once_and_without_marks_of_colour() -> None:
    heard = said("<{%fg 1%}>waiting<{%reset%}>")
    assert read(heard) == Said("info", "waiting")
    assert BEGUN.after([heard, heard], 1.0).said == (Said("info", "waiting"),)
    assert read(said("x", "debug")) is None


def test_the_record_has_what_changed_and_ends_when_the_run_does() -> None:
    progress = BEGUN.after([*done("same", GATE), *done("same", WHOAMI), event("began", "update", GRAFANA)], 102.0)
    record = run_record(progress, "phoenix sync all", "/a.log")
    step = RunStep(name="grafana@113", type="PortainerStack", operation="update", started=102.0)
    assert (record.started, record.ended, record.steps, record.unchanged) == (100.0, None, (step,), 1)
    ended = run_record(progress.after([event("ended", "update", GRAFANA)], 104.0), "phoenix sync all", "/a.log", 0)
    assert (ended.ended, ended.exit_code, ended.steps[0].ended) == (104.0, 0, 104.0)


def test_what_was_there_before_stays_as_it_was() -> None:
    before = BEGUN.after(done("same", GATE), 101.0)
    before.after(done("update", GRAFANA), 102.0)
    assert before == BEGUN.after(done("same", GATE), 101.0)
