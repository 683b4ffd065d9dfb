"""Every record is asked: what is a failure, what a warning, and when the next run asks again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from phoenix_providers.lab import name_server as lab
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.resources.dns_answers import DnsAnswersProvider

RECORDS = {"app.home.example": "10.0.0.12", "nas.home.example": "10.0.0.20"}


class NoWaiting:
    """A clock that goes on only while somebody sleeps, at least by `step`; `meanwhile` happens in the meantime."""

    def __init__(self) -> None:
        self.time = 0.0
        self.step = 0.0
        self.meanwhile = lambda: None

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += max(seconds, self.step)
        self.meanwhile()


@pytest.fixture
def clock() -> Iterator[NoWaiting]:
    made = NoWaiting()
    clients_of_run.use(ClientsOfRun(Settings(request_timeout=0.3), Credentials.from_raw({}), clock=made))
    yield made
    clients_of_run.use(None)


@pytest.fixture
def hosts() -> dict[str, str]:
    return dict(RECORDS)


@pytest.fixture
def server(hosts: dict[str, str]) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    endpoint = loop.create_datagram_endpoint(
        lambda: lab.NameServer(lambda name: hosts.get(name.rstrip("."))), local_addr=("127.0.0.1", 0)
    )
    transport, _ = asyncio.run_coroutine_threadsafe(endpoint, loop).result(10)
    yield "127.0.0.1:{}".format(transport.get_extra_info("sockname")[1])

    async def closed() -> None:
        transport.close()
        await asyncio.sleep(0)

    asyncio.run_coroutine_threadsafe(closed(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def provider(clock: NoWaiting) -> DnsAnswersProvider:
    return DnsAnswersProvider()


def inputs(server: str, backend: str, records: dict[str, str] | None = None) -> dict[str, Any]:
    return {"server": server, "backend": backend, "records": records or RECORDS, "observed": "as declared"}


def next_run(provider: DnsAnswersProvider, outs: dict[str, Any], news: dict[str, Any]) -> bool:
    """Whether a run that refreshes first has something to do."""
    read = provider.read("dns-answers", outs)
    checked = provider.check(read.inputs or {key: outs[key] for key in news}, news)
    assert (checked.inputs, checked.failures) == (news, [])
    return provider.diff("dns-answers", read.outs, checked.inputs).changes


@pytest.mark.parametrize("backend", ["hosts", "dnsmasq"])
def test_all_is_answered(provider, server: str, backend: str, capsys) -> None:
    outs = provider.create(inputs(server, backend)).outs
    assert (outs["failure"], outs["unanswered"]) == ("", [])
    assert not next_run(provider, outs, inputs(server, backend))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("said", [None, "10.0.0.99"])
def test_with_dnsmasq_a_missing_answer_is_a_failure_until_it_is_there(provider, server: str, hosts, said) -> None:
    del hosts["app.home.example"]
    hosts |= {"app.home.example": said} if said else {}
    outs = provider.create(inputs(server, "dnsmasq")).outs
    for word in ("failed: 1 of 2", f"app.home.example: {said or 'no answer'} instead of 10.0.0.12", "hostsdir"):
        assert word in outs["failure"]
    assert next_run(provider, outs, inputs(server, "dnsmasq"))
    hosts |= RECORDS
    outs = provider.update("dns-answers", outs, inputs(server, "dnsmasq")).outs
    assert outs["failure"] == ""
    assert not next_run(provider, outs, inputs(server, "dnsmasq"))


def test_with_hosts_it_is_a_warning_that_every_run_repeats_without_a_change(
    provider, server: str, hosts, capsys
) -> None:
    del hosts["app.home.example"]
    outs = provider.create(inputs(server, "hosts")).outs
    assert outs["failure"] == ""
    for _ in range(2):
        said = capsys.readouterr().err
        for word in ("warning:", "app.home.example: no answer", "systemctl reload dnsmasq", "pkill -HUP dnsmasq"):
            assert word in said
        assert not next_run(provider, outs, inputs(server, "hosts"))


def test_another_process_than_that_of_the_refresh_tells_it_once(
    provider, server: str, hosts, clock: NoWaiting, capsys
) -> None:
    del hosts["app.home.example"]
    outs = provider.create(inputs(server, "hosts")).outs
    read = provider.read("dns-answers", outs)
    capsys.readouterr()
    clients_of_run.use(ClientsOfRun(Settings(request_timeout=0.3), Credentials.from_raw({}), clock=clock))
    olds = {key: read.outs[key] for key in ("server", "backend", "records", "observed")}
    for _ in range(2):
        checked = provider.check(olds, inputs(server, "hosts"))
        assert not provider.diff("dns-answers", read.outs, checked.inputs).changes
    assert capsys.readouterr().err.count("app.home.example: no answer") == 1


def test_with_hosts_another_answer_than_last_time_is_looked_at_again(provider, server: str, hosts) -> None:
    outs = provider.create(inputs(server, "hosts")).outs
    del hosts["nas.home.example"]
    assert next_run(provider, outs, inputs(server, "hosts"))
    outs = provider.update("dns-answers", outs, inputs(server, "hosts")).outs
    assert not next_run(provider, outs, inputs(server, "hosts"))


def test_answers_may_take_a_moment(provider, server: str, hosts, clock: NoWaiting) -> None:
    del hosts["app.home.example"]
    clock.meanwhile = lambda: hosts.update(RECORDS)
    assert provider.create(inputs(server, "dnsmasq")).outs["failure"] == ""


@pytest.mark.parametrize(("backend", "label"), [("dnsmasq", "not reachable: "), ("hosts", "")])
def test_nobody_there_is_not_a_missing_record(provider, backend: str, label: str, clock: NoWaiting, capsys) -> None:
    nowhere = "127.0.0.1:1"
    clock.step = 6.0
    outs = provider.create(inputs(nowhere, backend)).outs
    assert outs["failure"].startswith(label)
    assert bool(outs["failure"]) == bool(label)
    told = outs["failure"] or capsys.readouterr().err
    assert "does not answer" in told
    assert "instead of" not in told
    assert next_run(provider, outs, inputs(nowhere, backend)) is bool(label)


def test_other_records_and_ipv6_ones_are_asked(provider, server: str, hosts) -> None:
    outs = provider.create(inputs(server, "dnsmasq")).outs
    more = RECORDS | {"six.home.example": "fd00::5"}
    assert next_run(provider, outs, inputs(server, "dnsmasq", more))
    assert "six.home.example: no answer" in provider.update("", outs, inputs(server, "dnsmasq", more)).outs["failure"]


RENAMED = {"new.home.example": "10.0.0.12", "nas.home.example": "10.0.0.20"}
MOVED = RECORDS | {"app.home.example": "10.0.0.99"}
REMOVED = {"nas.home.example": "10.0.0.20"}


@pytest.mark.parametrize("backend", ["hosts", "dnsmasq"])
@pytest.mark.parametrize("news", [RENAMED, MOVED, REMOVED])
def test_a_change_that_was_written_before_the_read_is_no_reason_to_warn(
    provider, server: str, hosts, backend: str, news: dict[str, str], capsys
) -> None:
    outs = provider.create(inputs(server, backend)).outs
    # A refresh that runs the program reads behind the writes of the same run.
    hosts.clear()
    hosts |= news
    assert next_run(provider, outs, inputs(server, backend, news))
    outs = provider.update("dns-answers", outs, inputs(server, backend, news)).outs
    assert (outs["failure"], outs["unanswered"]) == ("", [])
    assert not next_run(provider, outs, inputs(server, backend, news))
    assert capsys.readouterr().err == ""


def test_what_is_missing_is_told_once_in_a_run_that_asks_again(provider, server: str, hosts, capsys) -> None:
    outs = provider.create(inputs(server, "hosts")).outs
    del hosts["nas.home.example"]
    assert next_run(provider, outs, inputs(server, "hosts"))
    outs = provider.update("dns-answers", outs, inputs(server, "hosts")).outs
    assert capsys.readouterr().err.count("nas.home.example: no answer") == 1
    # Without the record nothing is missing.
    assert next_run(provider, outs, inputs(server, "hosts", REMOVED))
    assert capsys.readouterr().err == ""
