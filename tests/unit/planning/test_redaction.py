"""No value of a stack is left in a text that somebody else wrote."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
import time
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from phoenix_providers.planning.compose.dotenv import encode
from phoenix_providers.planning.compose.yaml_text import dump, load
from phoenix_providers.planning.redaction import HIDDEN, redact

# What Go's own packages make of values: `%q`, JSON, URLs, HTML, base64, some of them twice.
WRITTEN_BY_GO = json.loads((Path(__file__).parents[2] / "cases/compose/go_escapes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("login with hunter22 failed", ["hunter22"], "login with [secret] failed"),
        ("pin 42, exit code 1420", ["42"], "pin [secret], exit code 1420"),
        ("a: one\nb: line two", ["line one\nline two"], "a: one\nb: [secret]"),
        ("abcdef", ["abcd", "abcdef"], "[secret]"),
        ("nothing", ["", "  "], "nothing"),
        ("said: two words and more", ["two  words\n\tand"], "said: [secret] more"),
        # A message that is too long has lost its middle.
        ("said: correct horse … and the end", ["correct horse battery staple"], "said: [secret] … and the end"),
        ("it said … staple was wrong", ["correct horse battery staple"], "it said … [secret] was wrong"),
        ("it is not correct at all", ["correct horse battery staple"], "it is not correct at all"),
        ("seen: -p hunter2hun …", ["hunter2hunter2"], "seen: -p [secret] …"),
        ("… r2hunter2 at the end", ["hunter2hunter2"], "… [secret] at the end"),
        ('token=pw\\"a...', ['pw"a\\b'], "token=[secret]..."),
        # A word that is short is a part of too many names.
        ("container hc-demo-web-1 of demo.home.lan", ["demo"], "container hc-demo-web-1 of demo.home.lan"),
        ("the demonstration, with user=demo", ["demo"], "the demonstration, with user=[secret]"),
        ("mysql -pdemo: demo.", ["demo"], "mysql -p[secret]: [secret]."),
        ("postgres://demo:tiger@db/x_demo", ["demo", "tiger"], "postgres://[secret]:[secret]@db/x_demo"),
        ("exit code 1, MODE=1, x1", ["1"], "exit code 1, MODE=[secret], x1"),
        ("enabled: true", ["true"], "enabled: true"),
        ("xs3cr3tx p@ss", ["s3cr3t", "p@ss"], "x[secret]x [secret]"),
        ("web-production-web-1 in production", ["production"], "web-[secret]-web-1 in [secret]"),
        # A log may break a long value anywhere.
        ("key c29tZXRoaW5nIGxvbmc\n  gZW5vdWdo.", ["c29tZXRoaW5nIGxvbmcgZW5vdWdo"], "key [secret]."),
        ("{\n}", ["{\n  long-line-of-it\n}"], "{\n}"),
    ],
)
def test_examples(text: str, values: list[str], expected: str) -> None:
    assert redact(text, values) == expected


def test_names_that_everybody_knows_stay_readable_and_nothing_else_with_them() -> None:
    public = ["web-production", "web-production-web-1"]
    text = "Container web-production-web-1 of web-production: production, web-production!x"
    expected = "Container web-production-web-1 of web-production: [secret], [secret]"
    assert redact(text, ["production", "web-production!x"], public) == expected


@pytest.mark.parametrize("case", WRITTEN_BY_GO, ids=lambda case: repr(case["value"]))
def test_what_go_writes(case: dict[str, Any]) -> None:
    for written in case["written"]:
        told = redact(f"exec: {written} failed", [case["value"]])
        assert HIDDEN in told, (written, told)
        rest = told.replace(HIDDEN, "").removeprefix("exec: ").removesuffix(" failed")
        assert re.sub(r'^u:|&#34;|[\\"]|^u:|//u:@', "", rest) == "", (written, told)


def go_quoted(value: str) -> str:
    names = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}

    def form(character: str) -> str:
        if character in names or character in '"\\':
            return names.get(character, "\\" + character)
        if character.isprintable():
            return character
        number = ord(character)
        return f"\\x{number:02x}" if number < 0x80 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"

    return '"' + "".join(map(form, value)) + '"'


def bash_quoted(value: str) -> str:
    return "$'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t") + "'"


def go_json(value: str) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", written)


def yaml_written(value: str) -> str:
    document = load("a: b\n")
    document["a"] = value
    return dump(document, "a: b\n")


ENCODERS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "go %q": go_quoted,
    "go %q twice": lambda value: go_quoted(go_quoted(value)),
    "json": json.dumps,
    "json, not ascii": lambda value: json.dumps(value, ensure_ascii=False),
    "json of go": go_json,
    "json in json": lambda value: json.dumps(json.dumps(value)),
    "go %q of json": lambda value: go_quoted(go_json(value)),
    "python": repr,
    "python bytes": lambda value: repr(value.encode()),
    "url": lambda value: urllib.parse.quote(value, safe=""),
    "url path": urllib.parse.quote,
    "form": urllib.parse.quote_plus,
    "url twice": lambda value: urllib.parse.quote(urllib.parse.quote(value, safe=""), safe=""),
    "json in url": lambda value: urllib.parse.quote(json.dumps(value)),
    "shell": shlex.quote,
    "bash": bash_quoted,
    "dotenv": encode,
    "dotenv in json": lambda value: json.dumps(encode(value)),
    "compose": lambda value: value.replace("$", "$$"),
    "yaml": yaml_written,
    "html": html.escape,
    "html of json": lambda value: html.escape(json.dumps(value)),
    "sql": lambda value: value.replace("'", "''"),
    "basic sign-in": lambda value: base64.b64encode(f"user:{value}".encode()).decode(),
    "registry sign-in": lambda value: base64.urlsafe_b64encode(json.dumps({"password": value}).encode()).decode(),
    "blanks put together": lambda value: " ".join(value.split()),
}
NASTY = st.text(
    alphabet=st.sampled_from("aZ7 \"'\\$&<>%+#:/@=;`{}()[]|!?*~^,.-_\n\t\r\x07\x1bäß日😀\u00a0\u2028"), min_size=1
)
SECRETS = st.one_of(NASTY, st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))


def is_strong(value: str) -> bool:
    """Whether a value has to be found anywhere: it is long, or nobody's word."""
    core = value.strip()
    plain = core.isalnum()
    return len(core) >= 8 or (len(core) >= 4 and not plain)


@given(
    how=st.sampled_from(sorted(ENCODERS)),
    value=SECRETS.filter(is_strong),
    before=st.sampled_from(["", "said: ", "x", "=", '"', "\\", "/"]),
)
def test_no_form_of_a_value_survives(how: str, value: str, before: str) -> None:
    written = ENCODERS[how](value)
    told = redact(f"{before}{written} end", [value])
    assert HIDDEN in told, written
    assert written not in told
    assert value.strip() not in told or value.strip() in HIDDEN


@settings(max_examples=30)
@example(value="77%7<<<<", cut=16, how="url")
@example(value='<<<<<\n\\""<', cut=60, how="go %q")
@given(
    value=st.text("aZ7q \"'\\$&<%/\n", min_size=8),
    cut=st.integers(4, 60),
    how=st.sampled_from(["as it is", "go %q", "json", "url"]),
)
def test_what_a_cut_leaves_of_a_value_is_hidden(value: str, cut: int, how: str) -> None:
    """Three characters may be left, each with an escape of up to three, the quote, and an escape that was cut."""
    core = value.strip()
    written = ENCODERS[how](core)
    told = redact(f"seen: {written[:cut]} …", [value])
    left = " ".join(told.replace(HIDDEN, "").removeprefix("seen: ").removesuffix("…").split())
    assert HIDDEN in told or len(left) < 16, (written[:cut], told)


@given(st.text(min_size=8, alphabet="abcdefgh0123456789"), st.text(max_size=30))
def test_a_long_value_never_survives(value: str, around: str) -> None:
    assert value not in redact(around + value + around, [value])


@given(
    st.text(min_size=2, max_size=7, alphabet="abcdefgh"),
    st.sampled_from([" ", "=", ":", "/", '"', "@", "\n", "(", "."]),
)
def test_a_short_word_does_not_survive_on_its_own(value: str, beside: str) -> None:
    assert value not in redact(f"{beside}{value}{beside} y", [value]).replace(HIDDEN, "")


@pytest.mark.parametrize(
    "value", ['"\\' * 40, "\\" * 300, '"' * 300, " \t" * 200, "'\"" * 60, "%25" * 60, "a\\" * 80, '\\""' * 60]
)
def test_no_text_makes_it_slow(value: str) -> None:
    text = json.dumps(json.dumps(value[:-1] + "x")) * 20
    began = time.process_time()
    redact(text, [value])
    assert time.process_time() - began < 5
