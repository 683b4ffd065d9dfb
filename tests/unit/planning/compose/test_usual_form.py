"""The quick way and the library's read the same and write the same, or the quick one leaves it to the library."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_providers.planning.compose import injection
from phoenix_providers.planning.compose.injection import inject
from phoenix_providers.planning.compose.usual_form import read_usual, with_labels
from phoenix_providers.planning.compose.yaml_text import BrokenYamlError, dump, load, plain

ROOT = Path(__file__).parents[4]
FILES = sorted(file for folder in ("config", "tests/samples") for file in (ROOT / folder).rglob("*compose*.y*ml"))
LABELS = ["traefik.enable=true", "traefik.http.routers.web.rule=Host(`web.home.example`) && PathPrefix(`/x`)", "empty="]
TEXT = """\
services:
  # the one that people see
  web:
    image: registry.example/team/web:1.2
    environment:
      URL: postgres://app:${PASSWORD:-none}@db/app?sslmode=disable
      DEBUG: "1"
    ports:
      - "8080:80"
    healthcheck:
      test: ["CMD", "true"]
      interval: 30s
    restart: unless-stopped

  db:
    image: postgres
    volumes:
      - db:/data

volumes:
  db:
"""
LINES = [
    *("", "# note", "    # note", "  more:", "    image: a", "    labels:", "      - x", "      - a: b", "    x: 12"),
    *(
        "    y: 1.5",
        "    z: null",
        "   odd: a",
        "      deep: 1",
        "    when: 2001-01-01",
        "    list: [a, b]",
        "    t: !x y",
    ),
    *("    a: b # note", "    a: # note", "      - x   # note", " # note", "         # note", "    a: b  ", "   "),
    *('    a: it\'s [`x`] or "y" | z#', "    a: --b=:80", "      - -f", "    a: ~/b", "    a: ."),
    *("    a: {}", "    a: []"),
    *("    a: [CMD, -f, 'x']", "    a: [a ,b]", "    a: 10.0.0.1:80:80"),
    *("    a: 'it''s # so'", "    a: é", "    a: 0.5"),
    *(
        "    a: &b c",
        "    long: |",
        "    'q': a",
        '    q: "a\\tb"',
        "    on: yes",
        "    n: 010",
        "    e: 'it''s'",
        "- a",
    ),
]


def by_the_library(text: str, wanted: dict[str, list[str]]) -> str:
    with patch.object(injection, "with_labels", lambda *_: None):
        return inject(text, wanted, [])


def compared(text: str) -> bool:
    """Whether the quick way takes the text; if so both agree."""
    usual = read_usual(text)
    if usual is None:
        return False
    document = load(text)
    assert plain(document) == usual.data
    assert dump(document, text) == "\n".join([*usual.lines, ""])
    services = usual.data.get("services")
    for name in services if isinstance(services, dict) else ():
        written = with_labels(text, {name: LABELS})
        assert written is None or written == by_the_library(text, {name: LABELS})
    return True


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_of_the_samples(file: Path) -> None:
    compared(file.read_text(encoding="utf-8"))


def test_a_usual_file_is_written_without_the_library() -> None:
    assert compared(TEXT)
    written = with_labels(TEXT, {"web": LABELS, "db": LABELS[:1]})
    assert written is not None
    assert written == by_the_library(TEXT, {"web": LABELS, "db": LABELS[:1]})
    assert written.count("labels:") == 2


@given(st.lists(st.tuples(st.sampled_from(LINES), st.integers(1, TEXT.count("\n"))), min_size=1, max_size=3))
def test_files_with_other_lines_among_them(added: list[tuple[str, int]]) -> None:
    lines = TEXT.split("\n")
    for line, place in added:
        lines.insert(place, line)
    compared("\n".join(lines))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["# note", "#", "#a: b", "# - é", "#" * 200, "# trailing  ", "#!x #y"]),
            st.integers(1, TEXT.count("\n")),
            st.sampled_from([0, 1, 2, 3, 4, 6, 11]),
            st.booleans(),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_comments_are_taken_wherever_they_stand(remarks: list[tuple[str, int, int, bool]]) -> None:
    lines = TEXT.split("\n")
    for remark, place, column, is_behind in remarks:
        if is_behind and lines[place - 1]:
            lines[place - 1] += f"{' ' * max(1, column)}{remark}"
        else:
            lines.insert(place, " " * column + remark)
    assert compared("\n".join(lines))


@given(st.integers(0, len(TEXT) - 1), st.sampled_from(list("\n :-{}[]'\"#?|>*&!%@`~01a=<_\t\\é")))
def test_files_with_another_character(place: int, character: str) -> None:
    compared(TEXT[:place] + character + TEXT[place + 1 :])


@pytest.mark.parametrize("label", ["alone", "a =b", "a = b", " a=b", "a=b ", "a=b=c", "=b", "a="])
def test_a_label_is_written_as_the_library_writes_it(label: str) -> None:
    wanted = {"web": [label, "other=x"]}
    assert with_labels(TEXT, wanted) == by_the_library(TEXT, wanted)


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ({"web": ['a="b"']}, TEXT),
        ({"web": ["a=\\"]}, TEXT),
        ({"web": ["a=é"]}, TEXT),
        ({"web": ["a=1", "a=2"]}, TEXT),
        ({"web": ["a=1"]}, TEXT.replace("    restart:", "    labels:\n      - a=b\n    restart:")),
        ({"web": ["a=1"]}, "services:\n  web:\n    image: a\n"),
        ({"web": ["a=1"]}, TEXT.replace(" registry.example/team/web:1.2", "\n    # what it needs")),
        ({"web": ["a=1"]}, TEXT.replace("30s", "!x 30s # often")),
        ({"web": ["a=1"]}, TEXT.replace("    ports", "  \n    ports").replace("30s", "1.5")),
    ],
)
def test_what_takes_the_library(wanted: dict[str, list[str]], text: str) -> None:
    assert with_labels(text, wanted) is None


def test_a_text_that_is_broken_stays_broken() -> None:
    text = TEXT.replace("    environment:", "    image: again\n    environment:")
    assert read_usual(text) is None
    with pytest.raises(BrokenYamlError):
        load(text)
