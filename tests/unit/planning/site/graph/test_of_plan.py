"""What is in the picture, and which lines of the files ask for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.graph.of_plan import picture_of
from phoenix_providers.planning.site.graph.picture import Picture, Thing

CONFIG = Path(__file__).parents[5] / "config"


def only(picture: Picture, kind: str, name: str) -> Thing:
    (thing,) = [thing for thing in picture.things if thing.kind == kind and thing.name == name]
    return thing


def line(place: str) -> str:
    """What stands at `file:line`."""
    file, _, number = place.rpartition(":")
    return Path(file).read_text().splitlines()[int(number) - 1].strip()


def test_each_kind_is_there_once_for_each_that_the_files_have(example: Picture) -> None:
    assert [thing.name for thing in example.of("guest")] == [
        *("gateway", "traefik", "ca", "forgejo", "jellyfin", "homeassistant"),
        *("portainer", "apps", "media", "tools"),
    ]
    assert [thing.name for thing in example.inside("guest:113", "stack")] == [
        "vaultwarden@113",
        "grafana@113",
        "backup@113",
    ]
    assert [thing.title for thing in example.inside("guest:112", "environment")] == ["media"]
    assert len({thing.id for thing in example.things}) == len(example.things)


@pytest.mark.parametrize(
    ("kind", "name", "lines"),
    [
        ("guest", "tools", ["- vmid: 113"]),
        ("guest", "forgejo", ["name: forgejo"]),
        ("environment", "tools", ["portainer_environment_name: tools"]),
        ("environment", "local", ["portainer_role: primary"]),
        ("stack", "grafana@113", ["- grafana"]),
        ("route", "cockpit.home.example", ["name: cockpit"]),
        ("record", "tv.home.example", ["- hostname: tv.home.example"]),
    ],
)
def test_the_line_that_asks_for_it_is_known(example: Picture, kind: str, name: str, lines: list[str]) -> None:
    thing = only(example, kind, name)
    found = [line(place) for place in thing.where[: len(lines)]]
    # A guest's place is its key or its name, as the file spells it.
    assert found == lines or (kind == "guest" and found[0] in {"104:", *lines})


def test_a_route_is_asked_for_by_its_label_and_leads_to_its_stack(example: Picture) -> None:
    route = only(example, "route", "grafana.home.example")
    assert "grafana.rule=Host(`grafana.home.example`)" in line(route.where[0])
    assert [(edge.target, edge.sense) for edge in example.from_(route.id)] == [("stack:grafana@113", "leads to")]
    assert dict((one.word, one.text) for one in route.details)["back end"] == "http://127.50.0.113:8302"


def test_an_opening_says_who_may_come_in_and_who_has_asked(example: Picture) -> None:
    found = {thing.title: thing for thing in example.inside("guest:112", "opening")}
    assert list(found) == [
        "9001/tcp from portainer",
        "8101/tcp from traefik",
        "22/tcp from 127.50.0.0/24",
        "8201,8202/tcp from traefik",
    ]
    agent, of_stack = found["9001/tcp from portainer"], found["8201,8202/tcp from traefik"]
    assert "comment: Agent from Portainer" in line(agent.where[0])
    assert [(edge.source, edge.sense) for edge in example.to(agent.id)] == [("guest:110", "may reach")]
    assert ("stack:paperless@112", "opens") in [(edge.source, edge.sense) for edge in example.to(of_stack.id)]
    assert "stacks/paperless/phoenix.yaml" in of_stack.where[0]


def test_what_is_open_from_anywhere_is_marked(example: Picture) -> None:
    marked = [thing for thing in example.of("opening") if thing.remark]
    assert [(thing.inside, thing.title) for thing in marked] == [
        ("guest:101", "80,443/tcp from anywhere"),
        ("guest:102", "80,443,8080/tcp from anywhere"),
    ]
    assert {thing.remark for thing in marked} == {"from anywhere"}


def test_variables_are_told_by_name_alone(example: Picture) -> None:
    details = {one.word: one.text for one in only(example, "stack", "miniflux@111").details}
    assert "MINIFLUX_DB_PASSWORD" in details["variables"]
    whoami = {one.word: one.text for one in only(example, "stack", "whoami@112").details}
    assert whoami["variables"] == "WHOAMI_NAME"


def test_with_one_list_a_rule_belongs_to_the_guest_that_it_names(tmp_path: Path) -> None:
    folder = shutil.copytree(CONFIG, tmp_path / "config")
    text = (folder / "site.yaml").read_text()
    rule = "    - {type: in, action: ACCEPT, dest: 127.50.0.113, proto: tcp, port: '9090', comment: Cockpit}\n"
    marked = text.replace("  global_firewall_rules:\n", f"  global_firewall_rules:\n{rule}")
    assert marked != text
    (folder / "site.yaml").write_text(marked)
    configuration = load_configuration(folder, Settings(firewall_placement="cluster"))
    picture = picture_of(configuration, plan_site(configuration))
    assert "9090/tcp from anywhere" in [thing.title for thing in picture.inside("guest:113", "opening")]
    assert "22,8006/tcp from 127.0.0.1" in [thing.title for thing in picture.inside("proxmox", "opening")]
