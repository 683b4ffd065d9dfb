from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from tools.bench.figures import Figure
from tools.bench.plot import plot
from tools.bench.report import BEGIN, END, with_figures
from tools.bench.table import cell, processes, table

SLOW = Figure("unchanged", 10, 5.0, "s", floor=2.0, goal=2.0, of_floor=True)
FAST = Figure("unchanged", 1000, 2.4, "s", floor=2.0, goal=1.3, of_floor=True)


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (SLOW, "2.50 x (5.0 s; floor 2.0 s); goal 2 x: MISSED"),
        (FAST, "1.20 x (2.4 s; floor 2.0 s); goal 1.3 x: met"),
        (Figure("writes", 10, 2, floor=1, goal=2), "2 (floor 1); goal 2: met"),
        (Figure("requests", 10, 41), "41"),
        (Figure("plan", 10, None, "s", goal=0.6, remark="not there yet"), "not there yet"),
    ],
)
def test_a_cell_has_the_floor_and_the_goal_beside_the_value(figure: Figure, text: str) -> None:
    assert cell(figure) == text


def test_a_goal_is_met_at_the_goal_itself_and_missed_beyond() -> None:
    at_the_goal = Figure("unchanged", 10, 4.0, "s", floor=2.0, goal=2.0, of_floor=True)
    assert (at_the_goal.is_met, SLOW.is_met) == (True, False)
    # Without a goal, and without a value, nothing was promised or broken.
    assert Figure("requests", 10, 41).is_met is None
    assert Figure("plan", 10, None, goal=0.6).is_met is None


def test_a_table_has_a_row_for_each_thing_and_a_column_for_each_size() -> None:
    other = Figure("writes", 1000, 2)
    lines = table([FAST, SLOW, other]).splitlines()
    columns = [[part.strip() for part in line.strip("|").split("|")] for line in lines]
    assert columns[0] == ["what", "10 stacks", "1,000 stacks"]
    assert columns[2] == ["unchanged", cell(SLOW), cell(FAST)]
    assert columns[3] == ["writes", "", "2"]


def test_processes_that_were_not_seen_took_no_time() -> None:
    line = processes({10: {"site": {"engine": 2.04, "program": 1.0}}}).splitlines()[2]
    assert [part.strip() for part in line.strip("|").split("|")] == [
        "10 stacks, site",
        "2.0",
        "1.0",
        "0.0",
        "0.0",
        "0.0",
    ]


def test_the_drawing_has_a_line_for_each_row_and_a_point_for_each_size() -> None:
    drawn = ElementTree.fromstring(plot([SLOW, FAST, Figure("a < b", 10, 3.0, "s", floor=2.0, of_floor=True)]))
    names = [element.tag.rpartition("}")[2] for element in drawn]
    assert names.count("polyline") == 2
    assert names.count("circle") == 3
    upward = [float(element.attrib["cy"]) for element in drawn if element.tag.endswith("circle")]
    # 2.5, 1.2 and 1.5 times the floor.
    assert upward[0] < upward[2] < upward[1]
    assert "a < b" in {element.text for element in drawn}


def test_figures_without_a_floor_are_not_drawn() -> None:
    drawn = ElementTree.fromstring(plot([Figure("requests", 10, 41)]))
    assert [element for element in drawn if element.tag.endswith("circle")] == []


def test_figures_are_put_between_the_marks_of_the_page() -> None:
    page = with_figures(f"before {BEGIN} old {END} after", "new")
    assert page == f"before {BEGIN}\n\nnew\n\n{END} after"
    assert with_figures(page, "new") == page


@pytest.mark.parametrize("page", ["nothing", f"{BEGIN} only", f"only {END}"])
def test_a_page_without_marks_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="no place for figures"):
        with_figures(page, "new")
