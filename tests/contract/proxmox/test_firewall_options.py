"""The options of the firewall: what is written, what is left alone, and what is repaired."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.errors import AmbiguousWriteError, UnreachableError
from phoenix_providers.lab.proxmox.in_thread import ProxmoxInThread
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.firewall_options import FirewallOptionsProvider
from phoenix_providers.resources.provider import AS_DECLARED

CLUSTER, GUEST = ProxmoxScope("cluster"), ProxmoxScope("vm", "pve", 111)
ON = {"enable": "1", "policy_in": "DROP"}
Inputs = dict[str, Any]


def process(lab: ProxmoxInThread) -> None:
    """Begin with nothing in memory, as each run of the engine does."""
    token = SecretStr(lab.server.token)
    settings = Settings(request_timeout=5)
    clients_of_run.use(ClientsOfRun(settings, Credentials(), proxmox_token=token, proxmox_insecure=True))


@pytest.fixture(autouse=True)
def url(lab: ProxmoxInThread) -> Iterator[str]:
    process(lab)
    yield lab.server.url
    clients_of_run.use(None)


@pytest.fixture(params=[CLUSTER, GUEST], ids=["cluster", "guest"])
def scope(request: pytest.FixtureRequest) -> ProxmoxScope:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def live(lab: ProxmoxInThread, scope: ProxmoxScope) -> dict[str, Any]:
    """What Proxmox has, to look at and to change by hand."""
    config: dict[str, Any] = lab.server.api.firewall_config(scope.kind, scope.node, scope.guest_id)

    class Live(dict[str, Any]):
        def set(self, **options: Any) -> None:
            config["options"] = {key: value for key, value in options.items() if value is not None}

        def texts(self) -> dict[str, str]:
            return {key: str(value) for key, value in config["options"].items()}

    return Live()


@pytest.fixture
def wished(url: str, scope: ProxmoxScope) -> Callable[..., Inputs]:
    def inputs(options: Mapping[str, str], *left_open: str, kept: list[str] | None = None) -> Inputs:
        said = {"proxmox": url, "scope": scope.as_input(), "options": dict(options), "left_open": list(left_open)}
        return said | {"observed": AS_DECLARED} | ({"kept": kept} if kept else {})

    return inputs


@pytest.fixture
def writes(lab: ProxmoxInThread) -> Callable[[], int]:
    return lambda: sum(one["method"] == "PUT" for one in lab.requests())


class Run:
    """What the engine does with the resource, run after run."""

    def __init__(self, lab: ProxmoxInThread) -> None:
        self.lab = lab
        self.provider = FirewallOptionsProvider()
        self.inputs: Inputs = {}
        self.outputs: Inputs = {}

    def up(self, news: Inputs) -> str:
        """Return what was done, in one word."""
        if self.outputs:
            process(self.lab)
            read = self.provider.read("id", self.outputs)
            self.inputs, self.outputs = read.inputs or self.inputs, read.outs or {}
        self.inputs = self.provider.check(self.inputs, news).inputs
        if not self.outputs:
            self.outputs = self.provider.create(self.inputs).outs or {}
            return "created"
        if not self.provider.diff("id", self.outputs, self.inputs).changes:
            return "same"
        self.outputs = self.provider.update("id", self.outputs, self.inputs).outs or {}
        return "updated"


@pytest.fixture
def run(lab: ProxmoxInThread) -> Run:
    return Run(lab)


def test_only_what_is_wished_is_written_and_once(run: Run, live: Any, wished: Any, writes: Any) -> None:
    assert run.up(wished(ON)) == "created"
    assert live.texts() == ON
    assert [run.up(wished(ON)) for _ in range(2)] == ["same", "same"]
    assert writes() == 1


def test_over_equal_values_nothing_is_sent(run: Run, live: Any, wished: Any, writes: Any) -> None:
    live.set(enable=1, policy_in="DROP", policy_out="REJECT")
    assert run.up(wished(ON | {"policy_out": "REJECT"})) == "created"
    assert run.up(wished(ON | {"policy_out": "REJECT"})) == "same"
    assert writes() == 0


@pytest.mark.parametrize(
    "drift",
    [
        pytest.param({"policy_in": "DROP"}, id="the switch is gone"),
        pytest.param({"enable": 0, "policy_in": "DROP"}, id="switched off"),
        pytest.param({"enable": 1}, id="a policy is gone"),
        pytest.param({"enable": 1, "policy_in": "ACCEPT"}, id="opened"),
        pytest.param({}, id="made anew"),
    ],
)
def test_drift_is_seen_and_repaired_by_one_run(
    run: Run, live: Any, wished: Any, writes: Any, drift: dict[str, Any]
) -> None:
    run.up(wished(ON))
    live.set(**drift, policy_out="REJECT")
    assert run.up(wished(ON)) == "updated"
    # What nobody has declared stays what it is.
    assert live.texts() == ON | {"policy_out": "REJECT"}
    assert run.up(wished(ON)) == "same"
    assert writes() == 2


def test_what_leaves_the_files_is_unset_but_the_switch_and_policies_stay(
    run: Run, live: Any, wished: Any, scope: ProxmoxScope
) -> None:
    more = {"log_ratelimit": "enable=0,burst=5,rate=1/second"} if scope == CLUSTER else {"ipfilter": "1", "dhcp": "0"}
    run.up(wished(ON | more))
    assert live.texts() == ON | more
    assert run.up(wished({})) == "updated"
    assert live.texts() == ON
    assert run.up(wished({})) == "same"


def test_what_was_never_wished_is_not_unset(run: Run, live: Any, wished: Any, scope: ProxmoxScope) -> None:
    other = {"ebtables": "0"} if scope == CLUSTER else {"ipfilter": "1"}
    live.set(**other)
    run.up(wished(ON))
    run.up(wished({"policy_in": "DROP"}))
    assert live.texts() == ON | other


def test_what_is_left_open_is_not_written_where_it_counts_anyhow(run: Run, live: Any, wished: Any) -> None:
    open_policy = ON | {"policy_out": "ACCEPT"}
    run.up(wished(open_policy, "policy_out"))
    assert live.texts() == ON
    assert run.up(wished(open_policy, "policy_out")) == "same"
    live.set(**ON, policy_out="DROP")
    assert run.up(wished(open_policy, "policy_out")) == "updated"
    assert live.texts() == open_policy
    settled = {"policy_in": "DROP", "policy_out": "ACCEPT"}
    assert run.outputs["settled"] == settled
    # While it is switched off, nobody says anything of policies; a guest that comes on again has what it had.
    run.up(wished({"enable": "0"}))
    assert run.outputs["settled"] == settled


def test_what_is_kept_is_neither_written_nor_unset(run: Run, live: Any, wished: Any) -> None:
    assert run.up(wished(ON, kept=["enable", "policy_in"])) == "created"
    assert live.texts() == {}
    assert run.up(wished(ON)) == "updated"
    assert live.texts() == ON
    assert run.up(wished({"enable": "0"}, kept=["enable", "policy_in"])) == "same"
    assert live.texts() == ON
    assert run.up(wished(ON)) == "same"


@pytest.mark.parametrize("scope", [CLUSTER], indirect=True)
@pytest.mark.parametrize("short", ["1", "enable=1", "burst=5,enable=1", "enable=1,rate=1/second,burst=5"])
def test_a_limit_of_the_log_is_compared_by_what_it_means(
    run: Run, live: Any, wished: Any, writes: Any, short: str
) -> None:
    live.set(log_ratelimit=short)
    limit = {"log_ratelimit": "enable=1,burst=5,rate=1/second"}
    assert [run.up(wished(limit)), run.up(wished(limit)), writes()] == ["created", "same", 0]


def test_a_switch_that_goes_off_by_itself_is_made_to_stay(run: Run, live: Any, wished: Any) -> None:
    """Proxmox takes a time stamp for on, for one minute."""
    run.up(wished(ON))
    live.set(enable=1700000000, policy_in="DROP")
    assert run.up(wished(ON)) == "updated"
    assert live.texts() == ON


def test_silence_changes_nothing_and_is_told(run: Run, live: Any, wished: Any, lab: ProxmoxInThread) -> None:
    run.up(wished(ON))
    lab.server.fail("GET", "firewall/options", 500, "out of order")
    before = run.outputs["options"]
    read = run.provider.read("id", run.outputs).outs or {}
    assert read["options"] == before
    assert "out of order" in read["observed"]
    assert run.provider.diff("id", read, wished(ON)).changes
    lab.server.heal()
    assert run.up(wished(ON)) == "same"


@pytest.mark.parametrize("done", [True, False])
def test_a_write_whose_outcome_is_unknown_is_looked_at(
    run: Run, live: Any, wished: Any, url: str, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    transport = clients_of_run.current().proxmox(url).settings.transport
    write = transport.write

    def cut(*arguments: Any, **more: Any) -> None:
        if done:
            write(*arguments, **more)
        raise AmbiguousWriteError("cut", where=url)

    monkeypatch.setattr(transport, "write", cut)
    if done:
        assert run.up(wished(ON)) == "created"
        assert live.texts() == ON
        return
    with pytest.raises(Exception, match="cut"):
        run.up(wished(ON))
    assert live.texts() == {}


def test_in_the_middle_of_a_change_that_shuts_new_connections_out_the_held_one_is_used(
    run: Run, live: Any, wished: Any, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = clients_of_run.current()
    current.persistent_connection(url)

    def shut_out(*_arguments: Any, **_more: Any) -> None:
        raise UnreachableError("Proxmox cannot be reached", where=url)

    for way in ("read", "write"):
        monkeypatch.setattr(current.proxmox(url).settings.transport, way, shut_out)
    try:
        assert run.up(wished(ON)) == "created"
    finally:
        current.let_go(url)
    assert live.texts() == ON


def test_what_somebody_changes_meanwhile_is_not_written_over(
    run: Run, live: Any, wished: Any, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = clients_of_run.current().proxmox(url).settings
    look = settings.options_with_digest

    def look_too_early(path: str) -> Any:
        seen = look(path)
        live.set(policy_in="REJECT")
        return seen

    live.set(policy_in="ACCEPT")
    monkeypatch.setattr(settings, "options_with_digest", look_too_early)
    with pytest.raises(Exception, match="detected modified configuration"):
        run.up(wished(ON))
    assert live.texts() == {"policy_in": "REJECT"}
