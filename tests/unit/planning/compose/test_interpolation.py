"""Variables as compose replaces them: all values here are what compose-go 2.1.6 (compose 2.29.2) gave."""

from __future__ import annotations

import pytest

from phoenix_providers.lab.docker import interpolation as stand_in
from phoenix_providers.models.stack import SecretReference
from phoenix_providers.planning.compose.interpolation import TemplateError, Usage, interpolate

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
        # Braces are counted, ...
        ("errors.query=${Q:-/{status}.html}", "errors.query=/{status}.html"),
        ("${Q:-{x}}}", "{x}}"),
        ("${Q:-{{x}}}y", "{{x}}y"),
        ("${Q:-/{a}/{b}}/{c}", "/{a}/{b}/{c}"),
        ("${Q-{x}}${A:+{y}}", "{x}{y}"),
        ("${Q:-${P:-{x}}}", "{x}"),
        ("${Q:-{${A}}}", "{a}"),
        ("${Q:-$${x}}", "${x}"),
        # ... the character behind an opening one is not, ...
        ("${Q:-{}}", "{}"),
        ("${Q:-}}", "}"),
        # ... and one that is never closed reaches to the last one of the line.
        ("${Q:-{x}", "{x"),
        ("${Q:-{}} and }", "{}} and "),
        ("${A}\n${Q:-x}", "a\nx"),
        ("${A-${Q}}", "a"),
        ("${A+}${A-}", "a"),
        ("${A:-x?y}${Q:-x?y:-z}", "ax?y:-z"),
        # A dollar that starts nothing is one.
        ("a$", "a$"),
        ("cost: $5", "cost: $5"),
        ("^/(.*)$ -> /$1", "^/(.*)$ -> /$1"),
        ("${Q:-$1}", "$1"),
    ],
)
def test_values_as_compose_gives_them(text: str, expected: str) -> None:
    usage = Usage()
    assert interpolate(text, VARIABLES, usage) == expected
    assert not usage.undefined
    assert not usage.required
    assert stand_in.substitute(text, {"A": "a", "EMPTY": ""}.get) == expected


def test_undefined_variables_are_empty_and_named() -> None:
    usage = Usage()
    assert interpolate("${X}:$Y:$A", VARIABLES, usage) == "::a"
    assert usage.undefined == {"X", "Y"}


@pytest.mark.parametrize(
    "text",
    [
        "${X:?say it}",
        "${X?say it}",
        "${EMPTY:?say it}",
        "${X:?say ${Y:-it}}",
        # What is not taken is looked at all the same.
        "${A:-${X:?say it}}",
        "${X:+${X:?say it}}",
    ],
)
def test_required_variables_carry_their_message(text: str) -> None:
    usage = Usage()
    interpolate(text, VARIABLES, usage)
    assert list(usage.required.values()) == ["say it"]
    with pytest.raises(stand_in.RequiredVariableError, match="is missing a value: say it"):
        stand_in.substitute(text, {"A": "a", "EMPTY": ""}.get)


@pytest.mark.parametrize("text", ["$S", "${S:?needed}", "${S:-default}", "${NONE:-$S}"])
def test_secrets_count_as_set_and_never_come_out(text: str) -> None:
    usage = Usage()
    assert interpolate(text, VARIABLES, usage) == ""
    assert usage.secrets == {"S"}
    assert not usage.required


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("${}", 0, "needs the name"),
        ("${1}", 0, "needs the name"),
        ("x${A", 1, "without }"),
        ("${A!b}", 0, "may follow the name A"),
        ("${A:-x\ny}", 0, "on the same line"),
        ("${A:-{}} ${B}", 4, "without }"),
        ("${A:-${}}", 0, "needs the name"),
    ],
)
def test_what_compose_refuses_is_refused_with_its_position(text: str, position: int, reason: str) -> None:
    with pytest.raises(TemplateError, match=reason) as caught:
        interpolate(text, VARIABLES, Usage())
    assert caught.value.position == position
    with pytest.raises(stand_in.InvalidTemplateError):
        stand_in.substitute(text, {"A": "a"}.get)
