from __future__ import annotations

import pytest

from phoenix_providers.planning.safety import StackIdentity, mass_deletion, moved_stacks


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
    assert (mass_deletion("stacks", old, old[gone:], threshold, []) is not None) is refused


def test_the_refusal_names_everything_and_the_exact_override() -> None:
    refusal = mass_deletion("stacks", ["b@1", "a@1", "c@1", "d@1"], ["d@1"], 30, ["old@1"])
    assert refusal is not None
    assert refusal.names == ("a@1", "b@1", "c@1")
    assert "3 of 4 stacks" in refusal.text
    assert "pulumi config set --path 'phoenix:allowDelete[1]' 'a@1'" in refusal.text
    assert "pulumi config set --path 'phoenix:allowDelete[3]' 'c@1'" in refusal.text


def test_the_commands_of_two_refusals_do_not_undo_each_other() -> None:
    refusal = mass_deletion("records", ["a", "b", "c"], [], 30, ["old@1"], 3)
    assert refusal is not None
    assert "pulumi config set --path 'phoenix:allowDelete[4]' 'a'" in refusal.text


def test_allowed_names_do_not_count() -> None:
    assert mass_deletion("stacks", ["a", "b", "c", "d"], ["d"], 30, ["a"]) is None


def test_new_names_never_make_up_for_deleted_ones() -> None:
    assert mass_deletion("stacks", ["a", "b", "c"], ["x", "y", "z"], 30, []) is not None


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
