from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from phoenix_providers.planning.traefik.file_text import TemplateInDocumentError, to_document, to_text
from phoenix_providers.planning.traefik.merge import merge_routes


def test_the_text_is_the_same_whatever_the_order() -> None:
    one = {"http": {"routers": {"b": {"rule": "x", "service": "s"}, "a": {"service": "s", "rule": "y"}}}}
    other = {"http": {"routers": {"a": {"rule": "y", "service": "s"}, "b": {"service": "s", "rule": "x"}}}}
    assert to_text(one) == to_text(other)
    assert to_text(one).startswith("# ")


def test_nothing_is_shared_by_anchors_and_nothing_is_taken_for_another_type() -> None:
    shared = ["yes", "1_0", "08", "null", "a: b", "# c", "", " x ", "é\t\n"]
    document = {
        "http": {"middlewares": {"on": {"chain": {"middlewares": shared}}, "m": {"chain": {"middlewares": shared}}}}
    }
    text = to_text(document)
    assert "&" not in text
    assert YAML(typ="safe", pure=True).load(text) == document


def test_numbers_switches_and_empty_options_stay_what_they_are() -> None:
    document = {
        "http": {"routers": {"r": {"tls": {}, "priority": 7}}, "middlewares": {"m": {"headers": {"frameDeny": True}}}}
    }
    assert YAML(typ="safe", pure=True).load(to_text(document)) == document


def test_an_empty_document_is_only_a_comment() -> None:
    assert to_text({}).strip().startswith("#")
    assert to_text({}).count("\n") == 1
    assert to_document(to_text({})) == {}


def test_templates_are_refused_with_the_line() -> None:
    with pytest.raises(TemplateInDocumentError, match="env"):
        to_text({"http": {"routers": {"r": {"rule": 'Host(`{{ env "PATH" }}`)'}}}})


def test_routers_are_read_back_by_kind() -> None:
    document = {
        "http": {"routers": {"a": {"rule": "Host(`a`)", "service": "s"}}, "services": {"s": {}}},
        "udp": {"routers": {"u": {"service": "s"}}},
        "tcp": {"services": {"t": {}}},
    }
    assert to_document(to_text(document)) == document


def test_merging_is_sorted_takes_the_first_and_leaves_nothing_empty() -> None:
    merged = merge_routes(
        [
            {"http": {"routers": {"b": 1}, "services": {}}, "tcp": {}},
            {},
            {"http": {"routers": {"b": 2, "a": 3}}, "udp": {"routers": {}}},
        ]
    )
    assert merged == {"http": {"routers": {"a": 3, "b": 1}}}
    assert list(merged["http"]["routers"]) == ["a", "b"]
