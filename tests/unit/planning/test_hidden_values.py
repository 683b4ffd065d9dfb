"""Values never come back in what a product says."""

from __future__ import annotations

import pytest

from phoenix_providers.planning.hidden_values import without_values


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("pull access denied for x/s3cret-value/y", ["s3cret-value"], "pull access denied for x/[hidden]/y"),
        ("inside words: as3cretb", ["s3cret"], "inside words: a[hidden]b"),
        ("long before short: abcdef", ["abcd", "abcdef"], "long before short: [hidden]"),
        ("port 80 on 8080", ["80"], "port [hidden] on 8080"),
        ("key: first, and second", ["first\nsecond"], "key: [hidden], and [hidden]"),
        ("a.c is no pattern: abc", ["a.c."], "a.c is no pattern: abc"),
        ("nothing to hide", ["", "  "], "nothing to hide"),
    ],
)
def test_values_are_hidden(text: str, values: list[str], expected: str) -> None:
    assert without_values(text, values) == expected
