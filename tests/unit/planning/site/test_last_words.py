"""What leaves, and whose turn it is to be deleted behind it."""

from __future__ import annotations

import pytest

from phoenix_providers.planning.site.last_words import last_words

DECLARED = {"inventory", "a@1"}
FIREWALL = "firewall@104"


def words(recorded: set[str], *, scoped: bool = False) -> tuple[tuple[str, ...], str, str]:
    found = last_words(recorded, DECLARED, scoped=scoped)
    assert found.declared == (found.present, found.spare)
    return found.leaving, f"{found.present}, {found.spare}", found.condemned


@pytest.mark.parametrize(
    ("recorded", "leaving", "declared", "condemned"),
    [
        # The first run, and the first one after an upgrade.
        (set(), (), "last-word-1, last-word-2", ""),
        (DECLARED, (), "last-word-1, last-word-2", ""),
        # Nothing leaves: the same ones for ever.
        ({*DECLARED, "last-word-1", "last-word-2"}, (), "last-word-1, last-word-2", ""),
        # Whatever leaves counts, and the present one goes behind it.
        (
            {*DECLARED, FIREWALL, "b@2", "last-word-1", "last-word-2"},
            ("b@2", FIREWALL),
            "last-word-2, last-word-3",
            "last-word-1",
        ),
        # One that raised is still there, and is nobody's present one; with another removal both go.
        ({*DECLARED, "last-word-1", "last-word-2", "last-word-3"}, (), "last-word-2, last-word-3", ""),
        (
            {*DECLARED, FIREWALL, "last-word-9", "last-word-10", "last-word-11"},
            (FIREWALL,),
            "last-word-11, last-word-12",
            "last-word-10",
        ),
        # Killed between the two.
        ({*DECLARED, "last-word-7"}, (), "last-word-7, last-word-8", ""),
        ({*DECLARED, FIREWALL}, (FIREWALL,), "last-word-2, last-word-3", ""),
    ],
)
def test_the_next_one_takes_its_place_once_something_leaves(
    recorded: set[str], leaving: tuple[str, ...], declared: str, condemned: str
) -> None:
    assert words(recorded) == (leaving, declared, condemned)


def test_a_run_for_one_stack_removes_nothing() -> None:
    recorded = {*DECLARED, FIREWALL, "last-word-4", "last-word-5"}
    assert words(recorded, scoped=True) == ((), "last-word-4, last-word-5", "")
