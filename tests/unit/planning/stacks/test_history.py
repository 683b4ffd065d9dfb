"""What is remembered of a stack from run to run."""

from __future__ import annotations

import pytest

from phoenix_providers.planning.stacks.content import StackContent
from phoenix_providers.planning.stacks.history import StackHistory

GOOD = StackContent("services: {web: {image: a}}", {}, ("web",))
OTHER = StackContent("services: {web: {image: b}}", {}, ("web",))


@pytest.mark.parametrize(
    ("history", "proven"),
    [
        (StackHistory(last_good=GOOD), True),
        (StackHistory(last_good=GOOD, unsettled=GOOD.digest), False),
        (StackHistory(last_good=OTHER), False),
        (StackHistory(), False),
    ],
)
def test_content_is_proven_until_something_is_said_against_it(history: StackHistory, proven: bool) -> None:
    assert history.proves(GOOD) is proven


def test_what_ends_again_and_again_is_a_job() -> None:
    """Stopped once it comes back, and is expected to run; what has ended twice behind that is done."""
    history = StackHistory()
    for expected in (("web", "job"), ("web", "job"), ("web",)):
        assert history.lasting(("web", "job")) == expected
        history = history.brought_back(same=True, ended=("job",))
    assert history.brought_back(same=False, ended=("job",)).lasting(("web", "job")) == ("web", "job")


def test_what_was_put_back_has_to_settle() -> None:
    history = StackHistory(last_good=GOOD)
    assert history.put_back("the last version that worked was put back and runs").unsettled == GOOD.digest
    assert history.put_back("") == history
    assert StackHistory().put_back("it failed").unsettled == ""
