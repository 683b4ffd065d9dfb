"""One reading of a compose text, for all who ask about it."""

from __future__ import annotations

from phoenix_providers.planning.compose.compose_reading import reading_of
from phoenix_providers.planning.stacks.content import StackContent

TEXT = "services:\n  web:\n    image: nginx:${VERSION}\n    environment: {A: '${COMPOSE_PROJECT_NAME}', B: '${C:-c}'}\n"


def test_who_asks_about_the_same_gets_the_same() -> None:
    first = reading_of("web-production", TEXT, {"VERSION": "1", "D": "d"})
    assert reading_of("web-production", TEXT, {"D": "d", "VERSION": "1"}) is first
    content = StackContent(TEXT, {"VERSION": "1", "D": "d"}, ("web",))
    assert content.read("web-production") is first


def test_other_values_and_another_name_are_another_reading() -> None:
    found = [
        reading_of(project, TEXT, {"VERSION": version}).compose
        for project, version in (("a", "1"), ("a", "2"), ("b", "1"))
    ]
    assert [one.services["web"].image for one in found if one] == ["nginx:1", "nginx:2", "nginx:1"]
    assert [one.model["services"]["web"]["environment"]["A"] for one in found if one] == ["a", "a", "b"]


def test_it_knows_what_the_text_asks_for() -> None:
    assert reading_of("a", TEXT, {"D": "d"}).asked == {"VERSION", "COMPOSE_PROJECT_NAME", "C"}


def test_a_text_that_cannot_be_read_says_why() -> None:
    found = reading_of("a", "services: [", {})
    assert found.compose is None
    assert [problem.message for problem in found.problems] == ["the compose file is not valid YAML"]


def test_no_value_shows() -> None:
    assert "canary" not in repr(reading_of("a", TEXT, {"VERSION": "canary"}))
