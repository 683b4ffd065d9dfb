"""What a run would change, as it is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from phoenix_providers.cli.documents.plan_document import PlanDocument
from phoenix_providers.cli.screens.plan_markdown import markdown
from phoenix_providers.cli.screens.plan_screen import closing_lines, draw_plan
from phoenix_providers.models.location import Location
from phoenix_providers.planning.site.changes.change import Action, Change, Note, SiteChanges, TextChange
from phoenix_providers.planning.stacks.forecast.container_forecast import ContainerForecast, Fate
from phoenix_providers.planning.stacks.forecast.stack_forecast import Sending, StackForecast
from tests.cli.screens.golden_screens import FOLDER, assert_screen


def _place(file: str, line: int) -> Location:
    return Location(Path.cwd() / "config" / file, line)


RESTARTED = ContainerForecast("grafana", "grafana-production-grafana-1", Fate.RECREATED, "image 12.1.1 → 12.2.0")
GRAFANA = Change(
    6,
    113,
    Action.CHANGE,
    "grafana@113",
    "grafana@113",
    (Note("image 12.1.1 → 12.2.0", _place("stacks/grafana/docker-compose.yml", 3)),),
    ("restarts grafana", "its route stays"),
    forecast=StackForecast(Sending.SENT, (RESTARTED,)),
    texts=(
        TextChange(
            "grafana@113: compose text",
            "services:\n  grafana:\n    image: grafana/grafana:12.1.1\n    ports:\n      - 8302:3000\n    x: 1\n",
            "services:\n  grafana:\n    image: grafana/grafana:12.2.0\n    ports:\n      - 8302:3000\n    x: 1\n",
        ),
    ),
)
HOMEPAGE = Change(
    6,
    111,
    Action.REMOVE,
    "homepage@111",
    "homepage@111",
    (Note("removed", _place("vms.yaml", 31)),),
    ("stops homepage", "volume homepage-production_data stays behind", "route start.home.example vanishes"),
    forecast=StackForecast(Sending.TAKEN_AWAY, (ContainerForecast("homepage", "homepage-1", Fate.REMOVED),)),
)
NAMES = Change(
    4,
    0,
    Action.CHANGE,
    "hosts@pve",
    "names of pve",
    (
        Note("- start.home.example → 10.0.0.12"),
        Note("+ a-name-that-is-rather-long.and.has.many.parts.home.example → 10.0.0.12", _place("vms.yaml", 12)),
    ),
)
STOPPED = Change(
    6,
    112,
    Action.CHANGE,
    "paperless@112",
    "paperless@112",
    (Note("stopped in Portainer → put right"),),
    ("starts ai, broker, paperless", "its routes stay"),
    is_drift=True,
    forecast=StackForecast(Sending.SENT, (ContainerForecast("ai", "", Fate.CREATED),)),
)
REFUSED = Change(
    6,
    112,
    Action.MAKE,
    "a-stack-with-a-long-name-of-its-own@112",
    "a-stack-with-a-long-name-of-its-own@112",
    (Note("new", _place("vms.yaml", 40)),),
    (
        "would not be sent: the port 8080/tcp is held by the container other",
        "route a.home.example → 10.0.0.112:8080 appears",
    ),
    forecast=StackForecast(Sending.REFUSED),
)
SCREENS = {
    "plan": SiteChanges((HOMEPAGE, GRAFANA), 63, 1),
    "plan-of-everything": SiteChanges((HOMEPAGE, NAMES, STOPPED, REFUSED, GRAFANA), 61, 2),
    "plan-unchanged": SiteChanges((), 65),
    "plan-of-own-notes": SiteChanges((), 65, 2),
}


@pytest.mark.parametrize("name", SCREENS)
def test_screens(name: str) -> None:
    assert_screen(name, partial(draw_plan, "home-lab", SCREENS[name], 1.13))


def test_differences_are_small() -> None:
    assert_screen("plan-diff", lambda console: draw_plan("home-lab", SCREENS["plan"], 1.13, console, diffs=True))


def test_nothing_is_claimed_of_what_was_not_seen_or_is_not_shown() -> None:
    silent = replace(GRAFANA, forecast=StackForecast(Sending.UNKNOWN, why=("no answer",)))
    assert list(closing_lines(SiteChanges((silent,), 1))) == ["No container restarts, as far as can be known."]
    assert list(closing_lines(SiteChanges((silent, GRAFANA), 1))) == ["Nothing else restarts, as far as can be known."]
    others = ["2 changes are about other names: phoenix plan shows all."]
    assert list(closing_lines(SiteChanges((GRAFANA,), 1, others=2))) == ["Nothing else of it restarts.", *others]
    assert list(closing_lines(SiteChanges((), 1, others=2))) == others


def test_nothing_to_do_is_one_line() -> None:
    assert (FOLDER / "plan-unchanged.80.txt").read_text().count("\n") == 1


def test_nothing_is_promised_of_a_stack_that_nobody_could_look_at() -> None:
    unknown = replace(GRAFANA, forecast=StackForecast(Sending.UNKNOWN, why=("nobody answers",)))
    (line,) = closing_lines(SiteChanges((unknown,), 33))
    assert line == "No container restarts, as far as can be known."


def test_a_comment_on_a_change() -> None:
    text = "\n".join(markdown("home-lab", SCREENS["plan"])) + "\n"
    assert text == (FOLDER / "plan.md").read_text()


def test_marks_of_markdown_in_names_are_only_text() -> None:
    told = Change(6, 0, Action.MAKE, "a", "a|b", (Note("<b>*x*</b>"),))
    assert "| + | a\\|b | \\<b\\>\\*x\\*\\</b\\> |" in list(markdown("s", SiteChanges((told,), 1)))


def test_the_same_for_programs() -> None:
    document = json.loads(PlanDocument.of("home-lab", SCREENS["plan"], [("warning", "mind this")]).text())
    assert (document["version"], document["site"], document["as_declared"]) == (1, "home-lab", 63)
    homepage, grafana = document["changes"]
    assert (homepage["action"], homepage["vmid"], homepage["notes"][0]["place"]) == (
        "remove",
        111,
        "config/vms.yaml:31",
    )
    assert grafana["containers"] == [
        {
            "service": "grafana",
            "container": "grafana-production-grafana-1",
            "fate": "recreated",
            "why": "image 12.1.1 → 12.2.0",
            "certain": True,
            "digest_now": "",
            "digest_then": "",
        }
    ]
    assert document["messages"] == [{"severity": "warning", "text": "mind this"}]
