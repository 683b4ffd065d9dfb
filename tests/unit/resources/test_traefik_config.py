"""The text of our file in Traefik's directory, as `check` derives it."""

from __future__ import annotations

from typing import Any

from phoenix_providers.resources.traefik_config import TraefikConfigProvider

OLD: dict[str, Any] = {"http": {"routers": {"portainer": {"rule": "Host(`a`)", "service": "x"}}}}
NEW: dict[str, Any] = {"http": {"routers": {"other": {"rule": "Host(`b`)", "service": "x"}}}}


def checked(olds: dict[str, Any], parts: dict[str, Any], kept: list[str]) -> dict[str, Any]:
    inputs: dict[str, Any] = TraefikConfigProvider().check(olds, {"parts": parts, "kept": kept}).inputs
    return inputs


def test_what_is_kept_stays_as_it_was() -> None:
    inputs = checked({"parts": {"portainer@110": OLD}}, {"portainer@110": {}, "other@111": NEW}, ["portainer@110"])
    assert inputs["parts"] == {"portainer@110": OLD, "other@111": NEW}
    assert "Host(`a`)" in inputs["text"]
    assert "Host(`b`)" in inputs["text"]
    assert "kept" not in inputs


def test_what_is_not_kept_goes() -> None:
    assert "Host(`a`)" not in checked({"parts": {"portainer@110": OLD}}, {"portainer@110": {}}, [])["text"]


def test_nothing_can_be_kept_the_first_time() -> None:
    assert checked({}, {"portainer@110": {}}, ["portainer@110"])["parts"] == {"portainer@110": {}}
