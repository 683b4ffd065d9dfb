"""The quick reader and the one that can explain everything read the same, or the quick one says nothing."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_providers.models.files import yaml_reader
from phoenix_providers.models.files.ordinary_yaml import read_ordinary
from phoenix_providers.models.files.parsed_text import FormatError, ParsedText

ROOT = Path(__file__).parents[4]
FILES = [*(ROOT / "config").rglob("*.y*ml"), *(ROOT / "tests" / "samples").rglob("*.y*ml")]
PIECES = [
    *("a: ", "b: ", "- ", "key: ", '"q": ', "'s' ", '"d" ', "plain text", "{a: b}", "[x, y]", "<<: ", "= "),
    *("1", "01", "0x1f", "1e3", ".5", "-1", "true", "yes", "~", "null", "2001-01-01", "\n # note", '"a":1', "a:b"),
    *("{", "}", "[", "]", ",", ":", "#", "&x ", "*x", "!t ", "%", "@", "`", "\\", "?", "> ", "é", "://", "|", ">-"),
]
BREAKS = st.sampled_from(["\n", "\n  ", "\n    ", "\n- ", "\n  - ", " ", ""])
TEXTS = st.lists(st.tuples(st.sampled_from(PIECES), BREAKS), max_size=12).map(
    lambda parts: "".join(piece + gap for piece, gap in parts)
)


def explained(text: str) -> ParsedText | None:
    """What the slow reader says; None where it refuses the text."""
    with patch.object(yaml_reader, "read_ordinary", lambda _text: None):
        try:
            return yaml_reader.read_yaml(text)
        except (FormatError, RecursionError):
            return None


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_of_the_samples_are_read_alike(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    quick = read_ordinary(text)
    assert quick is None or repr(quick) == repr(explained(text))


def test_the_example_is_ordinary() -> None:
    assert all(read_ordinary(file.read_text(encoding="utf-8")) for file in (ROOT / "config").rglob("*.yaml"))


@given(TEXTS)
def test_any_text_is_read_alike(text: str) -> None:
    quick = read_ordinary(text)
    assert quick is None or repr(quick) == repr(explained(text))


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2",  # the reader that explains has words for it
        "a: &x 1\nb: *x",
        "a: !t 1",
        "<<: {a: 1}",
        "%YAML 1.1\n---\na: yes",
        "a: 1\n---\nb: 2",
        "a:\t1",
        "a: 1\r\n",
        "a: b\u00a0c",
        "? a\n: b",
        '{"a":1}',
        "a: |# note\n b",
        "a: [",
        "",
        "[" * 5000,
        "[" * 50 + "]" * 50,
    ],
)
def test_what_is_out_of_the_ordinary_is_left_alone(text: str) -> None:
    assert read_ordinary(text) is None
