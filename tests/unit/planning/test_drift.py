from __future__ import annotations

from phoenix_providers.planning.drift import stack_drift


def test_nothing_differs_whatever_the_order_of_variables() -> None:
    assert stack_drift("a: 1\n", "a: 1\n", {"A": "1", "B": "2"}, {"B": "2", "A": "1"}) == ()


def test_every_byte_of_the_text_counts() -> None:
    assert stack_drift("a: 1\n", "a: 1", {}, {}) == ("compose",)
    assert stack_drift("a: 1\n", "a: 1\r\n", {}, {}) == ("compose",)


def test_variables_are_named_and_their_values_are_not() -> None:
    reasons = stack_drift("", "", {"A": "hush", "B": "x", "C": "x"}, {"A": "other", "B": "y", "D": "hush"})
    assert reasons == ("env: A, B changed, C missing, D not declared",)
