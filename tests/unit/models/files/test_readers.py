"""Both readers give the same data, and the right line for every part of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from phoenix_providers.models.files.json_reader import read_json
from phoenix_providers.models.files.parsed_text import FormatError, ParsedText
from phoenix_providers.models.files.positions import Position, without_blanks
from phoenix_providers.models.files.yaml_reader import read_yaml

_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc", "Cs"]), max_size=8)
_SCALARS = st.none() | st.booleans() | st.integers(-9999, 9999) | _TEXT
_VALUES = st.recursive(
    _SCALARS, lambda part: st.lists(part, max_size=3) | st.dictionaries(_TEXT, part, max_size=3), max_leaves=12
)


def _numbered(data: Any, marks: list[int]) -> Any:
    """Put a number of its own into every scalar, so that its line can be found in the text."""
    if isinstance(data, dict):
        return {f"{key}": _numbered(value, marks) for key, value in data.items()}
    if isinstance(data, list):
        return [_numbered(value, marks) for value in data]
    marks.append(len(marks))
    return f"mark-{len(marks) - 1:04}"


def _scalar_lines(data: Any, place: Position) -> dict[str, int]:
    if isinstance(data, dict | list):
        pairs = data.items() if isinstance(data, dict) else enumerate(data)
        parts = [_scalar_lines(value, place.children[str(key)]) for key, value in pairs]
        return {mark: line for part in parts for mark, line in part.items()}
    return {data: place.line}


@given(_VALUES)
def test_json_data(data: Any) -> None:
    assert read_json(json.dumps(data, indent="\t")).data == data


@given(_VALUES)
def test_yaml_reads_what_json_reads(data: Any) -> None:
    """JSON on one line is YAML as well; so both readers must agree."""
    text = json.dumps(data)
    assert read_yaml(text).data == read_json(text).data


@given(st.dictionaries(st.from_regex("[a-z]{1,6}", fullmatch=True), _VALUES, min_size=1, max_size=3))
def test_lines(data: Any) -> None:
    marked = _numbered(data, [])
    stream = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.dump(marked, stream)
    for text, parsed in (
        (stream.getvalue(), read_yaml(stream.getvalue())),
        (json.dumps(marked, indent=2), read_json(json.dumps(marked, indent=2))),
    ):
        lines = text.splitlines()
        for mark, line in _scalar_lines(parsed.data, parsed.place).items():
            assert mark in lines[line - 1]


@given(_VALUES)
def test_without_blanks(data: Any) -> None:
    parsed = read_json(json.dumps(data, indent=2))
    cleaned, place = without_blanks(parsed.data, parsed.place)
    assert cleaned == _plain_without_blanks(data)
    _every_part_has_a_place(cleaned, place)


def _plain_without_blanks(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: _plain_without_blanks(value)
            for key, value in data.items()
            if value is not None and key[:1] != "$" and not (key[:1] == "_" and isinstance(value, str))
        }
    if isinstance(data, list):
        return [_plain_without_blanks(value) for value in data if value is not None]
    return data


def _every_part_has_a_place(data: Any, place: Position) -> None:
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            _every_part_has_a_place(value, place.children[str(key)])


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for reader in (read_json, read_yaml):
        with suppress(FormatError):
            reader(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.10", "1.10"),
        ("1.5", 1.5),
        ("443", 443),
        ("1e3", "1e3"),
    ],
)
def test_numbers_keep_the_text_that_they_would_lose(text: str, value: object) -> None:
    assert read_json(text).data == value
    assert read_yaml(text).data == value


def test_yaml_merges_keep_what_stands_in_the_mapping_itself() -> None:
    parsed = read_yaml("base: &base {a: 1, b: 2}\nuser:\n  <<: *base\n  b: 3\n")
    assert parsed.data["user"] == {"a": 1, "b": 3}
    assert parsed.place.children["user"].children["a"].line == 1
    assert parsed.place.children["user"].children["b"].line == 4


def test_yaml_dates_stay_text() -> None:
    assert read_yaml("since: 2024-01-31\n").data == {"since": "2024-01-31"}


def test_json_has_room_for_everything_that_stands_after_its_value() -> None:
    parsed = read_json('{"a": 1}\n\n}\n')
    assert (parsed.data, parsed.trailing_line) == ({"a": 1}, 3)


def test_json_control_characters_in_text() -> None:
    assert read_json('{"a": "x\ty"}').data == {"a": "x\ty"}


@pytest.mark.parametrize(("reader", "text"), [(read_json, '{"a":\n\n[1]}'), (read_yaml, "a:\n\n  - 1\n")])
def test_a_value_is_where_its_key_is(reader: Callable[[str], ParsedText], text: str) -> None:
    place = reader(text).place.children["a"]
    assert (place.line, place.children["0"].line) == (1, 3)
