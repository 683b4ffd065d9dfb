"""Hosts file and resolver of a node: what is remembered of them, and when it comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.errors import UnsafeError
from phoenix_providers.lab.proxmox.in_thread import ProxmoxInThread
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.restoration import RestorationProvider
from phoenix_providers.resources.take_over_guard import TakeOverGuardProvider

SCOPE = ProxmoxScope("node", "pve2")
OURS = [["127.0.0.1", "localhost"], ["127.0.9.2", "pve2.lab.test", "pve2"]]
RESOLVER = {"search": "lab.test", "dns1": "9.9.9.9"}
WRITTEN = "127.0.0.1 localhost\n127.0.9.2 pve2.lab.test pve2\n"


@pytest.fixture
def site(site: Any) -> Any:
    return replace(site, more_nodes={"pve2": "127.0.9.2"})


@pytest.fixture
def url(lab: ProxmoxInThread) -> Iterator[str]:
    made = ClientsOfRun(
        Settings(request_timeout=5),
        Credentials.from_raw({}),
        proxmox_token=SecretStr(lab.server.token),
        proxmox_insecure=True,
    )
    clients_of_run.use(made)
    yield lab.server.url
    clients_of_run.use(None)


@pytest.fixture
def files(lab: ProxmoxInThread) -> Callable[[str], Any]:
    return lambda node: lab.server.api.node_files[node]


def guard(url: str, missing: list[str], *, hosts: bool = True, resolver: bool = True) -> dict[str, Any]:
    wanted = {"hosts": OURS if hosts else [], "resolver": RESOLVER if resolver else {}, "domain": "lab.test"}
    return {"proxmox": url, "scope": SCOPE.as_input(), "missing": missing, "wanted": wanted, "found": None}


def restoration(url: str, ours: list[str], found: Any) -> dict[str, Any]:
    return {"proxmox": url, "scope": SCOPE.as_input(), "ours": ours, "found": found}


def test_each_node_has_its_own_files(url: str, files: Callable[[str], Any]) -> None:
    files("pve2").hosts += "# scanner\n"
    made = TakeOverGuardProvider().create(guard(url, ["hosts@pve2", "resolver@pve2"]))
    assert made.outs["found"]["hosts"] == files("pve2").hosts
    assert "# scanner" in made.outs["found"]["hosts"]


def test_a_foreign_entry_of_one_node_stops_the_run(url: str, files: Callable[[str], Any]) -> None:
    files("pve2").hosts += "10.9.9.8 scanner.lan\n"
    with pytest.raises(Exception, match=r"scanner\.lan") as refused:
        TakeOverGuardProvider().create(guard(url, ["hosts@pve2"]))
    assert type(refused.value).__name__ == UnsafeError.label


def test_deleting_puts_back_what_was_ours_and_nothing_else(url: str, files: Callable[[str], Any]) -> None:
    """With dnsmasq the hosts file is the administrator's: what stands there now stays."""
    before = files("pve2").hosts
    found = {"hosts": before, "resolver": {"search": "old.test", "dns1": "127.0.0.1"}}
    files("pve2").hosts = "127.0.0.1 localhost\n10.0.0.1 changed.by.hand\n"
    files("pve2").set_resolver(RESOLVER)
    RestorationProvider().delete("id", restoration(url, ["resolver"], found))
    assert "changed.by.hand" in files("pve2").hosts
    assert files("pve2").resolver() == found["resolver"]
    RestorationProvider().delete("id", restoration(url, ["hosts", "resolver"], found))
    assert files("pve2").hosts == before


def test_a_file_that_is_no_longer_ours_gets_back_what_it_had(url: str, files: Callable[[str], Any]) -> None:
    before = files("pve2").hosts
    found = {"hosts": before, "resolver": files("pve2").resolver()}
    files("pve2").hosts = WRITTEN
    files("pve2").set_resolver(RESOLVER)
    olds, news = restoration(url, ["hosts", "resolver"], found), restoration(url, ["resolver"], found)
    provider = RestorationProvider()
    assert provider.diff("id", olds, news).changes
    outs = provider.update("id", olds, news).outs
    assert files("pve2").hosts == before
    assert files("pve2").resolver() == RESOLVER
    files("pve2").hosts = WRITTEN
    assert not provider.diff("id", outs, news).changes
    provider.update("id", outs, news)
    assert files("pve2").hosts == WRITTEN


def test_what_was_written_before_it_was_known_whose_it_is_stays(url: str, files: Callable[[str], Any]) -> None:
    olds = restoration(url, [], {"hosts": "127.0.0.1 old\n", "resolver": {}})
    del olds["ours"]
    files("pve2").hosts = WRITTEN
    RestorationProvider().update("id", olds, restoration(url, [], olds["found"]))
    assert files("pve2").hosts == WRITTEN


def test_the_memory_stays_but_for_files_that_become_ours_later(url: str, files: Callable[[str], Any]) -> None:
    provider = TakeOverGuardProvider()
    inputs = guard(url, ["hosts@pve2"], resolver=False)
    first = provider.create(provider.check({}, inputs).inputs).outs
    before = files("pve2").hosts
    files("pve2").hosts = WRITTEN
    files("pve2").set_resolver({"search": "later.test", "dns1": "10.0.0.1"})
    news = provider.check(inputs, guard(url, ["resolver@pve2"])).inputs
    assert provider.diff("id", first, news).changes
    second = provider.update("id", first, news).outs
    assert second["found"]["hosts"] == before
    assert second["found"]["resolver"] == {"search": "later.test", "dns1": "10.0.0.1"}
    assert not provider.diff("id", second, provider.check(news, guard(url, [])).inputs).changes
    assert provider.diff("id", second, provider.check(news, guard(url, [], hosts=False)).inputs).changes


def test_the_memory_counts_where_the_state_does_not_say_what_was_ours(url: str, files: Callable[[str], Any]) -> None:
    """An older version that refreshes a state of this one leaves it like that."""
    provider, news = TakeOverGuardProvider(), guard(url, [])
    first = provider.create(guard(url, ["hosts@pve2", "resolver@pve2"])).outs
    before = first["found"]
    files("pve2").hosts = WRITTEN
    provider.check({key: news[key] for key in ("scope", "missing")}, news)
    assert provider.diff("id", first, news).changes
    assert provider.update("id", first, news).outs["found"] == before
