from __future__ import annotations

import pytest

from phoenix_providers.models.stack import SecretReference
from phoenix_providers.planning.variables import TemplateError, Usage, interpolate

VARIABLES: dict[str, str | SecretReference] = {"A": "a", "EMPTY": "", "S": SecretReference(secret="s")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("$A", "a"),
        ("x${A}y", "xay"),
        ("$A-b", "a-b"),
        ("$$A", "$A"),
        ("$${A}", "${A}"),
        ("$$$A", "$a"),
        ("${EMPTY-d}", ""),
        ("${EMPTY:-d}", "d"),
        ("${NONE-d}", "d"),
        ("${NONE:-}", ""),
        ("${A:-d}", "a"),
        ("${A:+set}", "set"),
        ("${EMPTY:+set}", ""),
        ("${EMPTY+set}", "set"),
        ("${NONE:-${A}b}", "ab"),
        ("${NONE:-${ALSO:-x}}y", "xy"),
        ("${A:?must}", "a"),
    ],
)
def test_values_as_compose_gives_them(text: str, expected: str) -> None:
    usage = Usage()
    assert interpolate(text, VARIABLES, usage) == expected
    assert not usage.undefined
    assert not usage.required


def test_undefined_variables_are_empty_and_named() -> None:
    usage = Usage()
    assert interpolate("${X}:$Y:$A", VARIABLES, usage) == "::a"
    assert usage.undefined == {"X", "Y"}


@pytest.mark.parametrize("text", ["${X:?say it}", "${X?say it}", "${EMPTY:?say it}"])
def test_required_variables_carry_their_message(text: str) -> None:
    usage = Usage()
    interpolate(text, VARIABLES, usage)
    assert list(usage.required.values()) == ["say it"]


@pytest.mark.parametrize("text", ["$S", "${S:?needed}", "${S:-default}", "${NONE:-$S}"])
def test_secrets_count_as_set_and_never_come_out(text: str) -> None:
    usage = Usage()
    assert interpolate(text, VARIABLES, usage) == ""
    assert usage.secrets == {"S"}
    assert not usage.required


@pytest.mark.parametrize(
    ("text", "position"), [("a$", 1), ("cost: $5", 6), ("${}", 0), ("${1}", 0), ("x${A", 1), ("${A!b}", 0)]
)
def test_what_compose_refuses_is_refused_with_its_position(text: str, position: int) -> None:
    with pytest.raises(TemplateError) as caught:
        interpolate(text, VARIABLES, Usage())
    assert caught.value.position == position
