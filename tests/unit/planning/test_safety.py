from __future__ import annotations

import pytest

from phoenix_providers.planning.safety import StackIdentity, mass_deletion, moved_stacks, refused_deletions


@pytest.mark.parametrize(
    ("before", "gone", "threshold", "refused"),
    [
        (10, 3, 30, False),
        (10, 4, 30, True),
        (3, 3, 30, True),
        (2, 2, 30, False),
        (100, 30, 30, False),
        (100, 31, 30, True),
        (4, 3, 100, False),
        (3, 3, 0, True),
    ],
)
def test_more_than_the_threshold_is_refused_from_three_items(
    before: int, gone: int, threshold: float, refused: bool
) -> None:
    old = [f"s{number}" for number in range(before)]
    assert (mass_deletion({"stacks": (old, old[gone:])}, threshold, []) is not None) is refused


STACKS = {"stacks": (["b@1", "a@1", "c@1", "d@1"], ["d@1"])}
MORE = {"records": (["x", "y", "z"], []), "registries": (["hub", "lab"], [])}


def test_the_refusal_names_everything_once_and_how_to_allow_it() -> None:
    refusal = mass_deletion(STACKS | MORE, 30, ["old@1"])
    assert refusal is not None
    assert refusal.names == ("a@1", "b@1", "c@1", "x", "y", "z")
    assert "3 of 4 stacks, 3 of 3 records, more than 30 %" in refusal.text
    assert refusal.text.count("phoenix sync all --allow-delete 6") == 1
    assert "PHOENIX_ALLOW_DELETE=6 pulumi up" in refusal.text
    assert "pulumi config set" not in refusal.text
    assert refused_deletions(["Previewing", f"error: inventory: \nrefused: {refusal.text}"]) == 6


@pytest.mark.parametrize(("said", "refused"), [("", True), ("3", True), ("6", False), ("7", True), ("many", True)])
def test_what_was_said_of_another_plan_allows_nothing(said: str, refused: bool) -> None:
    refusal = mass_deletion(STACKS | MORE, 30, [], said)
    assert (refusal is not None) is refused
    if refusal and said:
        assert f"{said} were said to go, and it is 6" in refusal.text


def test_other_refusals_are_no_question_of_deletions() -> None:
    assert refused_deletions(["refused: the state of this Pulumi stack belongs to another site"]) is None


def test_allowed_names_do_not_count() -> None:
    assert mass_deletion(STACKS, 30, ["a@1"]) is None


def test_new_names_never_make_up_for_deleted_ones() -> None:
    assert mass_deletion({"stacks": (["a", "b", "c"], ["x", "y", "z"])}, 30, []) is not None


def test_a_stack_under_a_new_name_is_refused_with_the_command() -> None:
    identities = ([StackIdentity(name, "apps", "web-production")] for name in ("web@1", "web@2"))
    refusal = moved_stacks(*identities, {})
    assert refusal is not None
    assert refusal.names == ("web@1",)
    assert "pulumi state rename" in refusal.text
    assert "::web@1" in refusal.text
    assert "'web@2'" in refusal.text
    assert "x-phoenix: {was: web@1}" in refusal.text


@pytest.mark.parametrize(("former", "refused"), [("web@1", False), ("web@3", True)])
def test_a_stack_that_says_what_it_was_is_not_refused(former: str, refused: bool) -> None:
    identities = ([StackIdentity(name, "apps", "web-production")] for name in ("web@1", "web@2"))
    assert (moved_stacks(*identities, {"web@2": former}) is not None) is refused


def test_an_environment_is_said_at_its_vm() -> None:
    identities = ([StackIdentity(f"environment@{vmid}", "apps", "")] for vmid in (111, 211))
    refusal = moved_stacks(*identities, {})
    assert refusal is not None
    assert "was: 111   (at the VM 211)" in refusal.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("web@1", "apps", "web"), ("web@1", "apps", "web")),
        (("web@1", "apps", "web"), ("web@1", "apps", "web2")),
        (("web@1", "apps", "web"), ("web@2", "media", "web")),
        (("web@1", "apps", "web"), ("mail@1", "apps", "mail")),
    ],
)  # fmt: skip
def test_other_changes_are_no_moves(old: tuple[str, str, str], new: tuple[str, str, str]) -> None:
    assert moved_stacks([StackIdentity(*old)], [StackIdentity(*new)], {}) is None
