"""A real dnsmasq with the file of the old scripts: what it goes on answering is found, and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from phoenix_providers.clients.dns.generated_names import generated_names
from phoenix_providers.clients.dns.name_server import NameServer, open_name_server
from phoenix_providers.lab.dnsmasq import PROGRAM, Dnsmasq
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.resources.dns_answers import DnsAnswersProvider

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="needs dnsmasq (Debian: dnsmasq-base)")
RECORDS = {"portainer.barn.lan": "10.7.0.53", "seeds.barn.lan": "10.7.0.40", "new.barn.lan": "10.7.0.53"}
FILE = """# Phoenix Hypervisor Internal DNS Records
address=/portainer.barn.lan/10.7.0.53
address=/seeds.barn.lan/10.7.0.41
address=/gone.barn.lan/10.7.0.42
"""
Start = Callable[[str], NameServer]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a server with hosts entries as declared, and a file of its own beside them."""
    hosts, more = tmp_path / "hosts", tmp_path / "more.conf"
    hosts.mkdir()
    (hosts / "records").write_text("".join(f"{address} {name}\n" for name, address in RECORDS.items()))
    with ExitStack() as running:

        def run(text: str) -> NameServer:
            more.write_text(text)
            return open_name_server(running.enter_context(Dnsmasq(hosts, more=more)).server)

        yield run


def test_what_the_file_still_answers_is_found_behind_hosts_entries(start: Start) -> None:
    server = start(FILE)
    assert server.addresses("seeds.barn.lan") == ("10.7.0.40",)
    assert generated_names(server, RECORDS) == {"portainer.barn.lan": "10.7.0.53", "seeds.barn.lan": "10.7.0.41"}


@pytest.mark.parametrize("text", ["", "address=/barn.lan/10.7.0.53\n", "address=/seeds.barn.lan/10.7.0.41\n"])
def test_without_their_file_nothing_is_theirs(start: Start, text: str) -> None:
    assert generated_names(start(text), RECORDS) == {}


def test_nobody_there_is_nothing_found() -> None:
    assert generated_names(NameServer("127.0.0.1", 1, 0.3), RECORDS) == {}


def test_first_preview_and_every_run_name_the_file(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    server = start(FILE)
    props = {"server": str(server), "backend": "hosts", "records": RECORDS}
    try:
        clients_of_run.use(ClientsOfRun(Settings(request_timeout=2), Credentials.from_raw({})))
        DnsAnswersProvider().check({}, dict(props))
        foretold = capsys.readouterr().err
        clients_of_run.use(ClientsOfRun(Settings(request_timeout=2), Credentials.from_raw({})))
        created = DnsAnswersProvider().create(dict(props))
        told = capsys.readouterr().err
    finally:
        clients_of_run.use(None)
    for said in (foretold, told):
        assert "2 of 3 names are in /etc/dnsmasq.d/00-phoenix-internal.conf" in said
        assert "seeds.barn.lan: 10.7.0.41, declared is 10.7.0.40" in said
        assert "portainer.barn.lan:" not in said
        assert "systemctl restart dnsmasq" in said
    assert created.outs["failure"] == ""
    assert created.outs["unanswered"] == []
