from __future__ import annotations

import pytest

from phoenix_providers.planning.names import is_host_name, is_port_number, normalised, project_problem, qualified


@pytest.mark.parametrize(
    ("name", "project"),
    [("My Stack.V2_x-Y", "mystackv2_x-y"), ("Ünï", "n"), ("web-production", "web-production"), ("!!!", "")],
)
def test_portainer_lowers_names_and_drops_what_it_does_not_take(name: str, project: str) -> None:
    assert normalised(name) == project


@pytest.mark.parametrize("project", ["", "-lead", "_lead"])
def test_names_that_portainer_cannot_hold(project: str) -> None:
    assert project_problem(project)


def test_a_usual_name_has_no_problem() -> None:
    assert project_problem("web-production") == ""


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("Git", "git.home.lan"),
        ("git.home.lan", "git.home.lan"),
        ("a.b.Home.LAN.", "a.b.home.lan"),
        ("home.lan", "home.lan"),
        ("blog.example.org", None),
        ("xhome.lan", None),
    ],
)
def test_names_are_put_below_the_domain(name: str, full: str | None) -> None:
    assert qualified(name, "home.lan") == full


@pytest.mark.parametrize("name", ["", "a b", "-a", "a-", "ä", "a..b", "a" * 64])
def test_no_host_names(name: str) -> None:
    assert not is_host_name(name)


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", "1.0", "9" * 5000])
def test_no_ports(text: str) -> None:
    assert not is_port_number(text)


@pytest.mark.parametrize("text", ["1", "8080", "65535"])
def test_ports(text: str) -> None:
    assert is_port_number(text)
