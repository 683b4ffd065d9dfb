from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phoenix_providers.planning.compose.dotenv import decode, encode, name_problem


def compose_reads(text: str) -> str:
    """Model of how a line `NAME=text` is read, as measured on a real server; written apart from the code under test."""
    text = text.lstrip(" \t")
    if text.startswith("'"):
        return _until(text[1:], "'", {"'": "'"}, literal=True)
    if text.startswith('"'):
        return _until(text[1:], '"', {'"': '"', "\\": "\\", "$": "$", "n": "\n", "r": "\r"}, literal=False)
    line = text.split("\n")[0]
    for index, character in enumerate(line):
        if character == "#" and index and line[index - 1] in " \t":
            line = line[:index]
            break
    assert "$" not in line, "the encoding must never leave a bare dollar, since it may be expanded"
    return line.strip()


def _until(text: str, quote: str, escapes: dict[str, str], *, literal: bool) -> str:
    result, index = "", 0
    while text[index] != quote:
        if text[index] == "\\" and index + 1 < len(text):
            following = text[index + 1]
            if following in escapes:
                result += escapes[following]
            else:
                assert literal, "an escape that nobody has measured"
                result += "\\" + following
            index += 2
            continue
        assert literal or text[index] != "$", "a bare dollar in double quotes would be expanded"
        result += text[index]
        index += 1
    assert text[index + 1 :] == "", "something behind the closing quote would be lost"
    return result


VALUES = st.text(
    alphabet=st.one_of(st.sampled_from("aZ0 \t\n\r'\"\\$#{}=`üß"), st.characters(exclude_categories=["Cs", "Cc"]))
)


@given(VALUES)
@example("")
@example("a$b")
@example("a$$b ${HOME}")
@example("a b # c")
@example('it\'s "quoted"')
@example("ends with \\")
@example("\\'")
@example("\\\\' \\n")
@example("two\nlines\r\n")
@example(" blanks ")
def test_containers_get_exactly_the_value(value: str) -> None:
    assert compose_reads(encode(value)) == value


@given(VALUES)
@example("\\'")
@example("a\\\\")
def test_decoding_gives_back_what_was_encoded(value: str) -> None:
    assert decode(encode(value)) == value


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("a$b", "a"), ("a$$b", "a$b"), ("a b # c", "a b"), ('"q"', "q"), ("'x'", "x"), (" x ", "x"),
        ("one\ntwo", "one"), ("it's", "it's"), ('a"b', 'a"b'), ("a\\", "a\\"), ("p=q", "p=q"), ("#h", "#h"),
        ("costs $5", "costs $5"), ("${Q:-/{x}.html}", "/{x}.html"), ("${Q:-a}b}", "ab}"),
        ("$", "$"), ("'a$b # \"q\"'", 'a$b # "q"'), (r'"a\"b\\c\$d\ne"', 'a"b\\c$d\ne'),
    ],
)  # fmt: skip
def test_values_that_others_sent_are_understood_as_the_server_does(sent: str, seen: str) -> None:
    assert decode(sent) == seen


@pytest.mark.parametrize("value", ["plain", "a.b-c_d/e:f@g", "p=q", "https://x.y/?a=b&c=d"])
def test_plain_values_stay_as_they_are(value: str) -> None:
    assert encode(value) == value


@pytest.mark.parametrize("name", ["", "A B", "#X", "A:B", "export X", "1A", "A=B", "ä"])
def test_names_that_would_be_lost(name: str) -> None:
    assert name_problem(name)


@pytest.mark.parametrize("name", ["A", "_a", "A1.b-c"])
def test_names_that_arrive(name: str) -> None:
    assert name_problem(name) == ""
