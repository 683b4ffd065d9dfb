"""No value of a stack is left in a text that somebody else wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_providers.planning.secrecy import scrubbed


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("login with hunter22 failed", ["hunter22"], "login with [secret] failed"),
        ("pin 42, exit code 1420", ["42"], "pin [secret], exit code 1420"),
        ("a: one\nb: line two", ["line one\nline two"], "a: one\nb: [secret]"),
        ("abcdef", ["abcd", "abcdef"], "[secret]"),
        ("nothing", ["", "  "], "nothing"),
        ("said: two words and more", ["two  words\n\tand"], "said: [secret] more"),
        # A message that is too long has lost its middle.
        ("said: correct horse … and the end", ["correct horse battery staple"], "said: [secret] … and the end"),
        ("it said … staple was wrong", ["correct horse battery staple"], "it said … [secret] was wrong"),
        ("it is not correct at all", ["correct horse battery staple"], "it is not correct at all"),
    ],
)
def test_examples(text: str, values: list[str], expected: str) -> None:
    assert scrubbed(text, values) == expected


@given(st.text(min_size=4, alphabet="abcdefgh0123456789"), st.text(max_size=30))
def test_a_long_value_never_survives(value: str, around: str) -> None:
    assert value not in scrubbed(around + value + around, [value])
