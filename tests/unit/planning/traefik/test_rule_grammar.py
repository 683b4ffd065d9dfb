from __future__ import annotations

import pytest

from phoenix_providers.planning.traefik.rule_grammar import Kind, RuleError, canonical, host_names, parse


@pytest.mark.parametrize(
    ("rule", "hosts"),
    [
        ("Host(`a.lan`)", ("a.lan",)),
        ('Host("A.lan")', ("a.lan",)),
        ("host(`a`) || HOST(`b`)", ("a", "b")),
        ("Host(`a`) && PathPrefix(`/x`)", ("a",)),
        ("(Host(`a`) || Host(`b`)) && !Path(`/x`)", ("a", "b")),
        ("Host(`a`) && !Host(`b`)", ("a",)),
        ("!(Host(`a`) || Host(`b`))", ()),
        ("PathPrefix(`/x`)", ()),
        ("HostRegexp(`^.+\\.lan$`)", ()),
        ("Header(`X-A`, `b`) && Host(`a`)", ("a",)),
        ("Host(`a`) || Host(`a`)", ("a",)),
    ],
)
def test_host_names(rule: str, hosts: tuple[str, ...]) -> None:
    assert host_names(parse(rule)) == hosts


@pytest.mark.parametrize(("rule", "hosts"), [("HostSNI(`*`)", ()), ("HostSNI(`Db.lan`)", ("db.lan",))])
def test_host_names_of_tcp_rules(rule: str, hosts: tuple[str, ...]) -> None:
    assert host_names(parse(rule, "tcp")) == hosts


@pytest.mark.parametrize(
    ("kind", "rule", "position", "says"),
    [
        ("http", "", 0, "expected a matcher"),
        ("http", "Host(`a`", 8, "expected ')'"),
        ("http", "Host(`a)", 5, "backtick is not closed"),
        ("http", "Host('a')", 5, "no single quotes"),
        ("http", "Host(`a`) & Path(`/`)", 10, "'&' means nothing"),
        ("http", "Host(`a`) && ", 13, "expected a matcher"),
        ("http", "Host(`a`, `b`)", 0, "Host(`a`) || Host(`b`)"),
        ("http", "Hots(`a`)", 0, "did you mean Host?"),
        ("http", "HOSTregexp(`a`)", 0, "unknown matcher"),
        ("http", "Host()", 0, "takes 1 value, found 0"),
        ("http", "Header(`a`)", 0, "takes 2 values, found 1"),
        ("http", "Host(`a`) Host(`b`)", 10, "not expected here"),
        ("http", "HostSNI(`a`)", 0, "unknown matcher"),
        ("tcp", "Host(`a`)", 0, "unknown matcher"),
    ],
)
def test_mistakes_have_a_position(kind: Kind, rule: str, position: int, says: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(rule, kind)
    assert caught.value.position == position
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Host(`a`) && Path(`/x`)", "Path(`/x`) && Host(`A`)"),
        ("Host(`a`)||Host(`b`)", "Host(`b`) || Host(`a`) || Host(`a`)"),
        ("(Host(`a`))", "host(`a`)"),
        ("Host(`a`) && (Path(`/x`) && Method(`GET`))", "(Host(`a`) && Path(`/x`)) && Method(`GET`)"),
    ],
)
def test_rules_for_the_same_requests_are_recognised(one: str, other: str) -> None:
    assert canonical(parse(one)) == canonical(parse(other))


def test_and_binds_tighter_than_or() -> None:
    loose = canonical(parse("Host(`a`) || Host(`b`) && Path(`/x`)"))
    assert loose == canonical(parse("Host(`a`) || (Host(`b`) && Path(`/x`))"))
    assert loose != canonical(parse("(Host(`a`) || Host(`b`)) && Path(`/x`)"))
