"""Whose volumes are left behind."""

from __future__ import annotations

import pytest

from phoenix_providers.planning.stacks.leaving.orphaned_volumes import orphaned


@pytest.mark.parametrize(
    ("project", "is_orphaned"),
    [
        ("old-production", True),
        ("old-staging", True),
        ("new-production", False),
        # Somebody else's, by hand or by another program.
        ("old", False),
        ("", False),
        ("production", False),
    ],
)
def test_a_volume_of_a_stack_that_is_gone(project: str, is_orphaned: bool) -> None:
    found = orphaned([(f"{project}_data", project)], {"new-production"}, {"Production", "staging"})
    assert found == ((f"{project}_data",) if is_orphaned else ())
