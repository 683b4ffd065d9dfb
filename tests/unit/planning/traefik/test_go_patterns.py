"""Expressions that the real Traefik judges in tests/contract; here what is said about them."""

from __future__ import annotations

import pytest

from phoenix_providers.planning.traefik.go_patterns import pattern_problem
from phoenix_providers.planning.traefik.option_values import is_duration


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(?=a)", "(?="),
        ("(?<!a)", "(?<!"),
        (r"(a)\1", r"\1"),
        ("a++", "++"),
        ("a{1001}", "{1001}"),
        ("(", "missing )"),
        (r"a\C", r"\C"),
        (r"\\\C", r"\C"),
        (r"\Qa\E\C", r"\C"),
    ],
)
def test_reasons(pattern: str, words: str) -> None:
    assert words in pattern_problem(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        r"^/api/(.*)$",
        r"\\1",
        r"(?<name>a)",
        r"a\+\+",
        "[[:alpha:]]",
        r"\pL+",
        "(?i)a",
        "^?a",
        r"a\\C",
        r"\Q\C",
        r"\pL{1000}",
    ],
)
def test_fine(pattern: str) -> None:
    assert pattern_problem(pattern) == ""


@pytest.mark.parametrize("text", ["10s", "1h30m", "1.5s", "5", "-1s", ".5h", "1µs"])
def test_durations(text: str) -> None:
    assert is_duration(text)


@pytest.mark.parametrize("text", ["", "s", "1 s", "1d", "10s ", "99999999999h", "\N{ARABIC-INDIC DIGIT ONE}s", "10s\n"])
def test_no_durations(text: str) -> None:
    assert not is_duration(text)
