"""The last run in lanes."""

from __future__ import annotations

from phoenix_providers.models.run_record import Operation, RunRecord, RunStep
from phoenix_providers.planning.site.graph.lanes import lanes, seconds_of

BEGAN = 1_800_000_000.0


def step(name: str, kind: str, begin: float, end: float | None, operation: Operation = "update") -> RunStep:
    ended = None if end is None else BEGAN + end
    return RunStep(name=name, type=kind, operation=operation, started=BEGAN + begin, ended=ended)


def run(*steps: RunStep, ended: float | None = None) -> RunRecord:
    return RunRecord(
        command="phoenix sync all", started=BEGAN, ended=None if ended is None else BEGAN + ended, steps=steps
    )


def test_a_lane_for_each_step_and_each_environment() -> None:
    record = run(
        step("grafana@113", "PortainerStack", 5, 9),
        step("readiness", "ReadinessGate", 0, 1),
        step("rules@113", "RulesLegacy", 2, 3),
        step("whoami@111", "PortainerStack", 5, 8),
        step("environment@113", "PortainerEndpoint", 4, 5),
        step("registry@team", "PortainerRegistry", 4, 5),
        step("traefik-infrastructure", "TraefikConfig", 3, 4),
        step("traefik-stacks", "TraefikConfig", 9, 10),
        step("verdict", "Verdict", 10, 11),
        ended=12,
    )
    assert [(lane.title, [bar.step.name for bar in lane.bars]) for lane in lanes(record, {"113": "tools"})] == [
        ("3 readiness", ["readiness"]),
        ("4 DNS and firewall", ["rules@113"]),
        ("5 routes of guests", ["traefik-infrastructure"]),
        ("6 Portainer", ["registry@team"]),
        ("6 environment (111)", ["whoami@111"]),
        ("6 tools (113)", ["environment@113", "grafana@113"]),
        ("7 routes of stacks", ["traefik-stacks"]),
        ("8 verdict", ["verdict"]),
    ]


def test_what_goes_on_at_once_is_in_several_rows() -> None:
    steps = (("a@1", 0, 4), ("b@1", 1, 3), ("c@1", 3, 5), ("d@1", 3.5, 6))
    (lane,) = lanes(run(*(step(name, "PortainerStack", begin, end) for name, begin, end in steps), ended=6), {})
    assert [(bar.step.name, bar.row) for bar in lane.bars] == [("a@1", 0), ("b@1", 1), ("c@1", 1), ("d@1", 2)]
    assert lane.rows == 3


def test_what_was_cut_off_lasts_until_the_last_that_is_known() -> None:
    record = run(step("a@1", "PortainerStack", 1, None), step("b@1", "PortainerStack", 2, 7))
    (lane,) = lanes(record, {})
    assert seconds_of(record) == 7
    assert [(bar.begin, bar.end, bar.is_cut) for bar in lane.bars] == [(1, 7, True), (2, 7, False)]


def test_a_run_of_which_nothing_is_known_has_no_lanes() -> None:
    assert lanes(run(), {}) == ()
    assert seconds_of(run()) == 0
