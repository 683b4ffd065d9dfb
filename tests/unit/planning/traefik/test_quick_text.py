"""The quick way with a file for Traefik, against the library that takes all of YAML."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from phoenix_providers.planning.traefik.quick_text import WIDTH, is_plain, quick_document, quick_text

WORDS = [
    "http",
    "a-b",
    "a.b@file",
    "x_1",
    "on",
    "Y",
    "null",
    "True",
    "1",
    "1.5",
    "",
    "a b",
    'q"q',
    "b\\s",
    "- x",
    "k: v",
]
KEYS = st.sampled_from([*WORDS, "é", "k" * 130]) | st.text(alphabet=st.characters(codec="ascii"), max_size=12)
TEXTS = st.sampled_from([*WORDS, "Host(`a`) && Path(`/b`)", "# c", " x ", "tab\t", "two\nlines", "\x1b", "ü", "😀"]) | (
    st.text(max_size=12)
)
LEAVES = TEXTS | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.none()
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)),
    min_size=1,
    max_size=4,
)
# Lines as a user may put them between ours.
LINES = st.sampled_from(
    [
        *("a:", "  b: 1", "  c: true", "  d: 0755", "  e: 1e3", "  f: 2024-01-01", "  g: ~", "  h: no", "  i: 'x'"),
        *("  j: y", "- 1", '- "x"', "  - a: 1", '    "k": "v"', "7: x", "true: 1", "null: 1", "l: |", "m: {n: 1}"),
        *("o: [1, 2]", "p: {}", "q: []", "# comment", "r: *x", "s: &x 1", "t: !!str 1", "u: 1_000", "v: 0x1f", "w: +1"),
        *("x: -0", "aa: 00", "---", "...", "a: 2", '"a": "\\x41\\u00e4"', 'z: "two', 'lines"', "bb: 99999999999999999"),
        *("", "  ", "On: 1", "cc : 1", 'dd: "x" # c', 'ee: "x":', "- - 1", "  - - true", "  -1", "  true", '  "x"'),
    ]
)


def as_the_library_writes(value: Any) -> Any:
    if isinstance(value, dict):
        keys = {key: key if is_plain(key) else DoubleQuotedScalarString(key) for key in sorted(value)}
        return CommentedMap((written, as_the_library_writes(value[key])) for key, written in keys.items())
    if isinstance(value, list):
        return [as_the_library_writes(item) for item in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) else value


@given(DOCUMENTS)
def test_it_writes_what_the_library_writes(document: dict[str, Any]) -> None:
    text = quick_text(document)
    if text is not None:
        stream, library = io.StringIO(), YAML(typ="rt")
        library.width = WIDTH
        library.dump(as_the_library_writes(document), stream)
        assert text == stream.getvalue()
        assert quick_document(text) in (None, document)


@given(st.lists(LINES, min_size=1, max_size=5))
def test_it_reads_what_the_library_reads(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    quick = quick_document(text)
    if quick is not None:
        try:
            expected = YAML(typ="safe", pure=True).load(text)
        except YAMLError as error:
            pytest.fail(f"the library does not read it: {error}")
        assert repr(quick) == repr(expected)


def test_our_own_files_are_read_and_written_quickly() -> None:
    document = {
        "http": {
            "routers": {
                "a": {"entryPoints": ["web"], "rule": 'Host(`a`) && Header("x", "\\d")', "tls": {}, "priority": 7}
            },
            "middlewares": {"on": {"headers": {"frameDeny": True, "customRequestHeaders": {"X-A": "", "8": "80"}}}},
        }
    }
    text = quick_text(document)
    assert text
    assert quick_document(f"# Written by us.\n{text}") == document


def test_nobody_gets_what_another_one_changes() -> None:
    first = quick_document('a:\n  b:\n  - "c"\n')
    assert first
    first["a"]["b"].append("d")
    assert quick_document('a:\n  b:\n  - "c"\n') == {"a": {"b": ["c"]}}
