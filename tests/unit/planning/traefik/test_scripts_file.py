"""What the old scripts generated is known by what it says; whatever else is in there is somebody's own."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.traefik.file_text import to_text
from phoenix_providers.planning.traefik.scripts_file import ScriptsFile, scripts_files

NAME = "dynamic_conf.yml"


def router(name: str, service: str = "", **more: Any) -> dict[str, Any]:
    return {"rule": f"Host(`{name}.barn.lan`)", "service": service or f"{name}-service", "entryPoints": ["web"], **more}


def service(url: str, **more: Any) -> dict[str, Any]:
    return {"loadBalancer": {"servers": [{"url": url}], "passHostHeader": True, **more}}


def generated(**parts: dict[str, Any]) -> dict[str, Any]:
    """A file in the form of the generator, with more in some of its parts."""
    http = {
        "routers": {"seeds-router": router("seeds"), "traefik-dashboard-router": router("traefik", "api@internal")},
        "services": {
            "seeds-service": service("http://10.7.0.40:80"),
            "barn-service": service("https://10.7.0.32:8443", serversTransport="internal-ca@file"),
        },
        "serversTransports": {"internal-ca": {"insecureSkipVerify": False, "rootCAs": ["/ca.crt"]}},
    }
    return {"http": {kind: {**http.get(kind, {}), **parts.get(kind, {})} for kind in {**http, **parts}}}


def found(document: Any, ours: dict[str, Any] | None = None, name: str = NAME) -> tuple[ScriptsFile, ...]:
    text = document if isinstance(document, str) else to_text(document)
    return scripts_files(generated() if ours is None else ours, {name: text})


def test_a_generated_file_is_known_under_any_name() -> None:
    for name in (NAME, "zz.yaml"):
        (file,) = found(generated(), name=name)
        assert (file.name, file.additions, file.undeclared, file.changes) == (name, (), (), ())
        assert file.root_ca == "/ca.crt"
        assert file.copy == f"{name}.before-phoenix"
        assert not file.copy.endswith((".yml", ".yaml", ".toml"))


@pytest.mark.parametrize(
    "parts",
    [
        {"routers": {"mine": router("mine")}},
        {"routers": {"seeds-router": router("seeds", middlewares=["auth"])}},
        {"routers": {"seeds-router": router("seeds", service="barn-service")}},
        {"routers": {"seeds-router": {**router("seeds"), "rule": "Host(`a`) && PathPrefix(`/b`)"}}},
        {"routers": {"seeds-router": {**router("seeds"), "entryPoints": ["web", "websecure"]}}},
        {"services": {"seeds-service": {"loadBalancer": {"servers": [], "passHostHeader": True}}}},
        {"services": {"seeds-service": service("http://a", healthCheck={"path": "/"})}},
        {"services": {"seeds-service": service("http://a", serversTransport="internal-ca@file")}},
        {"services": {"barn-service": service("https://a", serversTransport="other@file")}},
        {"services": {"seeds-service": {"loadBalancer": ["odd"]}}},
        {"services": {"seeds-service": None}},
        {"services": {"pair": {"weighted": {"services": []}}}},
        {"serversTransports": {"internal-ca": {"insecureSkipVerify": True, "rootCAs": ["/ca.crt"]}}},
        {"serversTransports": {"mine": {"serverName": "x"}}},
        {"middlewares": {"auth": {"basicAuth": {"users": ["a:b"]}}}},
    ],
)
def test_additions_by_hand_are_named(parts: dict[str, Any]) -> None:
    document = generated(**parts)
    (file,) = found(document, document)
    ((kind, items),) = parts.items()
    assert file.additions == (f"http.{kind}.{next(iter(items))}",)


def test_what_was_added_by_hand_is_no_route_that_nothing_declares() -> None:
    by_hand = generated(
        routers={"seeds-router": router("seeds", middlewares=["auth"])}, middlewares={"auth": {"basicAuth": {}}}
    )
    (file,) = found(by_hand)
    assert set(file.additions) == {"http.routers.seeds-router", "http.middlewares.auth"}
    assert file.changed == ("http.routers.seeds-router",)
    assert file.undeclared == ()


@pytest.mark.parametrize(
    ("section", "content"),
    [
        ("tls", {"certificates": [{"certFile": "/a.crt", "keyFile": "/a.key"}]}),
        ("tcp", {"routers": {"a": {"rule": "HostSNI(`*`)", "service": "b"}}}),
        ("udp", None),
    ],
)
def test_a_section_by_hand_is_an_addition(section: str, content: Any) -> None:
    (file,) = found({**generated(), section: content})
    assert file.additions == (section,)


@pytest.mark.parametrize(
    "document",
    [
        {"http": {"routers": {"seeds-router": router("seeds")}}},
        generated(routers={"traefik-dashboard-router": router("traefik", "seeds-service")}),
        "http: [",
        "{{ env }}\n" + to_text(generated()),
        "",
    ],
)
def test_other_files_are_nobodys_to_take(document: Any) -> None:
    assert found(document) == ()


@pytest.mark.parametrize("name", ["sub/dynamic_conf.yml", "dynamic.toml"])
def test_files_elsewhere_are_not_looked_into(name: str) -> None:
    assert found(generated(), name=name) == ()


def test_a_file_without_a_name_of_ours_is_left_alone() -> None:
    assert found(generated(), {"http": {"routers": {"other": router("other")}}}) == ()


def test_what_nothing_declares_and_what_changes_is_named() -> None:
    ours = generated(services={"seeds-service": service("http://10.7.0.41:80")})
    del ours["http"]["serversTransports"], ours["http"]["services"]["barn-service"]
    (file,) = found(generated(), ours)
    assert set(file.undeclared) == {"http.services.barn-service", "http.serversTransports.internal-ca"}
    assert file.changes == ("service seeds-service: http://10.7.0.40:80 becomes http://10.7.0.41:80",)
