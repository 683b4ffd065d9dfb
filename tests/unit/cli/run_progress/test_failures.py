"""What went wrong is told once, in our words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from phoenix_providers.cli.run_progress.engine_events import Said
from phoenix_providers.cli.run_progress.failures import failures, remarks, without_engine_words

UPDATE_FAILED = Said("error", "update failed")
BLOCKED = "configuration: grafana is blocked and stays as it is\n  next:     edit it"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], ()),
        ([UPDATE_FAILED], ()),
        ([Said("error", "preview failed"), Said("error", "update canceled")], ()),
        ([Said("error", "not as declared: 1 of 2\n  next:     look"), UPDATE_FAILED],
         ("not as declared: 1 of 2\n  next:     look",)),
        # Once, whoever says it.
        ([Said("error", BLOCKED), Said("error", BLOCKED, "urn"), UPDATE_FAILED], (BLOCKED,)),
        # What providers print comes line by line, and its label makes it a failure.
        (
            [Said("info", "not reachable: The agent"), Said("info", "  at:       tcp://a"), Said("info", "another")],
            ("not reachable: The agent\n  at:       tcp://a",),
        ),
        # The engine's name for what a provider refuses.
        (
            [Said("error", "pulumi-python:dynamic/phoenix:Inventory resource 'inventory' has a problem: refused: no")],
            ("refused: no",),
        ),
        (
            [Said("error", "phoenix:Inventory resource 'inventory' has a problem:\nrefused: this run would delete 8")],
            ("refused: this run would delete 8",),
        ),
        # The verdict names again what a check has explained.
        (
            [
                Said("warning", "configuration: a is blocked: not YAML\n  at:       f:2\n  next:     correct f:2"),
                Said("error", "configuration: 1 of 2\na@1: not YAML\n  at:       f:2\n  next:     correct f:2"),
            ],
            ("configuration: a is blocked: not YAML\n  at:       f:2\n  next:     correct f:2",),
        ),
        (
            [
                Said("warning", "configuration: a is blocked: not YAML\n  next:     correct f:2"),
                Said("error", "not as declared: 2 of 2\na@1: not YAML\n  next:     correct f:2\nb@1: sick\n  log:   x"),
            ],
            (
                "configuration: a is blocked: not YAML\n  next:     correct f:2",
                "not as declared: 2 of 2\nb@1: sick\n  log:   x",
            ),
        ),
        # Two that have the same trouble are two.
        (
            [Said("error", "not as declared: 2 of 2\na@1: no image\n  next:  pull\nb@1: no image\n  next:  pull")],
            ("not as declared: 2 of 2\na@1: no image\n  next:  pull\nb@1: no image\n  next:  pull",),
        ),
        ([Said("warning", "refused: is a label also here")], ("refused: is a label also here",)),
    ],
)  # fmt: skip
def test_failures(said: Sequence[Said], expected: tuple[str, ...]) -> None:
    assert failures(said) == expected


def test_remarks_are_the_rest() -> None:
    said = [
        Said("info", "waiting 1.5 s"),
        Said("info", "not ready: Portainer"),
        Said("info", "  next:     wait"),
        Said("warning", "a warning"),
        Said("error", "boom"),
        Said("info", "last"),
    ]
    assert remarks(said) == ("waiting 1.5 s", "warning: a warning", "last")


def test_the_name_of_the_engine_for_what_is_refused_is_nobodys_business() -> None:
    text = "pulumi-python:dynamic/phoenix:Inventory resource 'inventory' has a problem: \nrefused: too much\n  next: a"
    assert without_engine_words(text) == "refused: too much\n  next: a"
    assert without_engine_words("not ready: a resource has a problem") == "not ready: a resource has a problem"
