"""Terminals without UTF-8."""

from __future__ import annotations

import io

import pytest

from phoenix_providers.cli.plain_letters import write_what_it_can


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", "v a > b. x? of ?"),
        ("latin-1", "v a > b. xü of ?"),
        ("utf-8", "✓ a → b… ✗ü of ☃"),
    ],
)
def test_a_stream_takes_what_it_has_letters_for(encoding: str, shown: str) -> None:
    taken = io.BytesIO()
    stream = io.TextIOWrapper(taken, encoding=encoding)
    write_what_it_can(stream)
    stream.write("✓ a → b… ✗ü of ☃")
    stream.flush()
    assert taken.getvalue().decode(encoding) == shown


def test_a_stream_that_is_no_file_stays_as_it_is() -> None:
    write_what_it_can(io.StringIO())
