"""Mermaid, Graphviz and SVG."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from phoenix_providers.planning.site.graph.dot import dot
from phoenix_providers.planning.site.graph.mermaid import mermaid
from phoenix_providers.planning.site.graph.overlay import Overlay, Standing
from phoenix_providers.planning.site.graph.picture import Edge, Picture, Thing
from phoenix_providers.planning.site.graph.svg import svg
from phoenix_providers.planning.stacks.health import HealthStatus

DOT = shutil.which("dot")
OVERLAY = Overlay(
    "looked at",
    {
        "grafana@113": Standing(HealthStatus.DEGRADED, detail="grafana is exited, exit code 137"),
        "homepage@111": Standing(HealthStatus.HEALTHY, drift="web is exited"),
        "environment@112": Standing(HealthStatus.UNKNOWN),
        "grafana.home.example": Standing(HealthStatus.DEGRADED, probe="502"),
    },
)
ODD = 'a "quoted" \\ <b>&\nname'


def odd() -> Picture:
    guest = Thing("guest:1", "guest", ODD, ODD, ODD, (ODD,), also=("1",))
    environment = Thing("environment:1", "environment", ODD, ODD, ODD, inside="guest:1")
    stack = Thing("stack:odd@1", "stack", ODD, ODD, ODD, (ODD,), "guest:1", remark=ODD)
    route = Thing("route:r/odd", "route", ODD, ODD, ODD)
    return Picture(ODD, (guest, environment, stack, route), (Edge(route.id, stack.id, "leads to"),))


def test_mermaid_says_what_is_wrong_beside_the_name(example: Picture) -> None:
    text = mermaid(example, OVERLAY)
    assert 'stack_grafana_113["grafana<br/>✗ degraded"]' in text
    assert 'stack_homepage_111["homepage<br/>≠ drift"]' in text
    assert 'traefik(("Traefik")) -- "grafana.home.example<br/>✗ degraded" --> stack_grafana_113' in text
    assert 'subgraph guest_112["media (112)<br/>environment media<br/>? unknown"]' in text


def test_a_line_of_mermaid_holds_no_quotes_but_its_own() -> None:
    for line in mermaid(odd()).splitlines():
        assert line.replace('traefik(("Traefik"))', "").count('"') in {0, 2}


def test_dot_draws_machines_as_boxes_and_what_is_wrong_thick(example: Picture) -> None:
    text = dot(example, OVERLAY)
    assert '"stack:grafana@113" [label="grafana\\l✗ degraded\\l"' in text
    assert '"route:grafana/grafana.home.example" -> "stack:grafana@113";' in text
    assert "open: 80,443/tcp from anywhere" in text
    assert text.count("penwidth") == 2


@pytest.mark.skipif(DOT is None, reason="needs Graphviz (Debian: graphviz)")
@pytest.mark.parametrize("which", ["example", "odd"])
def test_graphviz_reads_it(example: Picture, which: str) -> None:
    text = dot(example if which == "example" else odd(), OVERLAY)
    done = subprocess.run([str(DOT), "-Tsvg"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "<svg" in done.stdout


@pytest.mark.parametrize("which", ["example", "odd"])
def test_svg_is_xml_that_asks_for_nothing(example: Picture, which: str) -> None:
    text = svg(example if which == "example" else odd(), OVERLAY)
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert re.findall(r"https?://[^\"< ]+", text.replace("http://www.w3.org/2000/svg", "")) == []
    assert not re.search(r"href|@import|url\(|<script|<image", text)


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_svg_has_everything_and_keeps_inside_its_edges(example: Picture) -> None:
    root = ElementTree.fromstring(svg(example, OVERLAY))
    found = texts(root)
    assert {"✗ grafana", "✗ degraded", "≠ drift", "⇥ 80,443/tcp from anywhere", "home.example"} <= set(found)
    assert "← grafana.home.example ✗ degraded" in found
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    boxes = [box.attrib for box in root.iter("{http://www.w3.org/2000/svg}rect") if "card" in box.attrib["class"]]
    assert len(boxes) == 11
    assert max(float(box["x"]) + float(box["width"]) for box in boxes) <= width
    assert max(float(box["y"]) + float(box["height"]) for box in boxes) <= height


def test_a_name_that_is_too_long_is_cut_and_whole_in_the_tooltip(example: Picture) -> None:
    long = f"{'very-' * 30}long.home.example"
    things = tuple(
        replace(thing, title=long, what=long) if thing.name == "grafana.home.example" else thing
        for thing in example.things
    )
    root = ElementTree.fromstring(svg(replace(example, things=things)))
    (cut,) = [text for text in texts(root) if text.endswith("…")]
    assert cut.startswith("← very-very-")
    assert len(cut) < 50
    assert [tip for tip in root.iter("{http://www.w3.org/2000/svg}title") if long in (tip.text or "")]
