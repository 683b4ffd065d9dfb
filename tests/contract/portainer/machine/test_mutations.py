"""The machine itself: a promise that is broken on purpose is noticed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pulumi.dynamic import UpdateResult

from phoenix_providers.clients.delivery.directory import DirectoryDelivery
from phoenix_providers.operations.stacks.lookup import StackLookup
from phoenix_providers.resources.portainer_stack import PortainerStackProvider
from phoenix_providers.resources.verdict import VerdictProvider

from .sequences import Sequences


def test_all_is_well_without_a_mutation(site: Sequences) -> None:
    site.edit("a", "image")
    site.spoil("b", "unhealthy")
    site.run()
    site.take_off("b")
    site.run_one("a")
    site.run()


def test_a_route_that_vanishes(site: Sequences, monkeypatch: pytest.MonkeyPatch) -> None:
    write = DirectoryDelivery.write

    def without_a(self: DirectoryDelivery, name: str, text: str) -> None:
        write(self, name, text.replace("a.lab.test", "other.lab.test"))

    monkeypatch.setattr(DirectoryDelivery, "write", without_a)
    site.edit("b", "path")
    with pytest.raises(AssertionError, match=r"routes of a@111, who is not concerned"):
        site.run_one("b")


def test_a_blocked_stack_that_is_touched(site: Sequences, monkeypatch: pytest.MonkeyPatch) -> None:
    remove = PortainerStackProvider.delete

    def check(self: PortainerStackProvider, olds: Any, news: Any) -> Any:
        if news.get("blocked"):
            remove(self, "", olds)
        return original(self, olds, news)

    original = PortainerStackProvider.check
    monkeypatch.setattr(PortainerStackProvider, "check", check)
    site.spoil("a", "unset secret")
    with pytest.raises(AssertionError, match=r"a@111, which must stay untouched"):
        site.run()


def test_a_neighbour_that_is_started_anew(site: Sequences, monkeypatch: pytest.MonkeyPatch) -> None:
    def update(self: PortainerStackProvider, id_: str, olds: Any, news: Any) -> Any:
        host = site.world.lab.server.docker_hosts[112]
        site.world.lab.run(host.remove(host.of_project("b-production")[0]))
        return original(self, id_, olds, news)

    original = PortainerStackProvider.update
    monkeypatch.setattr(PortainerStackProvider, "update", update)
    site.edit("a", "image")
    with pytest.raises(AssertionError, match=r"b-production'., who is not concerned"):
        site.run()


def test_a_removal_that_does_not_happen(site: Sequences, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PortainerStackProvider, "delete", lambda *_: None)
    site.take_off("a")
    with pytest.raises(AssertionError, match=r"a@111 was taken off and is still there"):
        site.run()


def test_a_second_pass_that_writes(site: Sequences, monkeypatch: pytest.MonkeyPatch) -> None:
    look: Callable[..., Any] = StackLookup.look

    def differing(self: StackLookup, *arguments: Any, **more: Any) -> Any:
        live = look(self, *arguments, **more)
        object.__setattr__(live, "deviations", ("something",))
        return live

    monkeypatch.setattr(StackLookup, "look", differing)
    with pytest.raises(AssertionError, match=r"second pass|who is not concerned"):
        site.run()


def test_a_failure_that_is_not_told(site: Sequences, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_self: VerdictProvider, _id: str, _olds: Mapping[str, Any], news: Mapping[str, Any]) -> Any:
        return UpdateResult(dict(news))

    monkeypatch.setattr(VerdictProvider, "update", silent)
    site.spoil("a", "unhealthy")
    with pytest.raises(AssertionError, match=r"wrong are .'a@111'., but the run says"):
        site.run()
