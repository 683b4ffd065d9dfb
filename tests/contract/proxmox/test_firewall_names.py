"""Aliases, sets and groups on a Proxmox: made, repaired, taken away, and refused before anything is sent."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fakepve.firewall import empty_conf
from pydantic import SecretStr

from phoenix_providers.clients.proxmox.names import ProxmoxNames
from phoenix_providers.lab.proxmox.in_thread import ProxmoxInThread
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.firewall.names.content import named
from phoenix_providers.planning.firewall_name import FirewallName, NameUse
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.firewall_check import FirewallCheckProvider
from phoenix_providers.resources.firewall_name import FirewallNameProvider
from phoenix_providers.resources.provider import AS_DECLARED

from .conftest import lab_site

PROVIDER = FirewallNameProvider()
OFFICE = named("alias", "office", "ours", [{"cidr": "10.0.5.0/24"}])
TRUSTED = named("ip-set", "trusted", "who may", [{"cidr": "dc/office"}, {"cidr": "10.0.9.9", "nomatch": True}])
SSH = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "source": "+trusted", "enable": 1}
DROP = {"type": "in", "action": "DROP", "enable": 1, "comment": "the rest"}
WEB = named("security-group", "web", "", [SSH, DROP])
ALL = (OFFICE, TRUSTED, WEB)
# What was written in the lab before the present test.
EARLIER: list[str] = []


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxmoxInThread]:
    with ProxmoxInThread(lab_site(), tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def lab(running: ProxmoxInThread) -> ProxmoxInThread:
    """The one lab of these tests, with a firewall of which nothing is set."""
    running.server.api._fw().update(cluster=empty_conf(), nodes={}, guests={})
    EARLIER[:] = _written(running)
    return running


@pytest.fixture
def url(lab: Any) -> Iterator[str]:
    token = SecretStr(lab.server.token)
    clients_of_run.use(ClientsOfRun(Settings(), Credentials(), proxmox_token=token, proxmox_insecure=True))
    yield lab.server.url
    clients_of_run.use(None)


def inputs(url: str, one: FirewallName) -> dict[str, Any]:
    return {"proxmox": url, **one.as_input(), "observed": AS_DECLARED}


def made(url: str, *names: FirewallName) -> None:
    for one in names:
        PROVIDER.create(inputs(url, one))


def cluster(lab: Any) -> dict[str, Any]:
    found: dict[str, Any] = lab.server.api.firewall_config("cluster")
    return found


def writes(lab: Any) -> list[str]:
    return _written(lab)[len(EARLIER) :]


def _written(lab: Any) -> list[str]:
    return [f"{one['method']} {one['path']}" for one in lab.requests() if one["method"] != "GET"]


def second_pass(url: str, one: FirewallName) -> None:
    """What is read is what is stored, and there is nothing to do."""
    stored = inputs(url, one)
    read = PROVIDER.read(one.resource_name, stored)
    assert read.outs == stored
    assert not PROVIDER.diff(one.resource_name, read.outs, stored).changes


def test_they_are_made_and_then_there_is_nothing_to_do(lab: Any, url: str) -> None:
    made(url, *ALL)
    assert cluster(lab)["aliases"]["office"]["cidr"] == "10.0.5.0/24"
    assert [(rule["action"], rule["enable"]) for rule in cluster(lab)["groups"]["web"]] == [("ACCEPT", 1), ("DROP", 1)]
    for one in ALL:
        second_pass(url, one)
    before = writes(lab)
    made(url, *ALL)
    assert writes(lab) == before


def _other_alias(level: dict[str, Any]) -> None:
    level["aliases"]["office"]["cidr"] = "10.9.0.0/16"


def _shrunk_set(level: dict[str, Any]) -> None:
    level["ipset"]["trusted"] = [{"cidr": "10.0.0.66", "comment": "by hand"}]


def _other_rules(level: dict[str, Any]) -> None:
    level["groups"]["web"] = [dict(DROP), {"type": "out", "action": "DROP", "enable": 1}, {**SSH, "enable": 0}]


def _comments(level: dict[str, Any]) -> None:
    level["ipset_comments"]["trusted"] = "x"
    level["group_comments"]["web"] = "x"


def _gone(level: dict[str, Any]) -> None:
    level["ipset"].clear()
    level["groups"].clear()


@pytest.mark.parametrize("damage", [_other_alias, _shrunk_set, _other_rules, _comments, _gone])
def test_what_somebody_changes_is_put_back(lab: Any, url: str, damage: Callable[[dict[str, Any]], None]) -> None:
    made(url, *ALL)
    damage(cluster(lab))
    changed = 0
    for one in ALL:
        read = PROVIDER.read(one.resource_name, inputs(url, one))
        if PROVIDER.diff(one.resource_name, read.outs, inputs(url, one)).changes:
            PROVIDER.update(one.resource_name, read.outs, inputs(url, one))
            changed += 1
        second_pass(url, one)
    assert changed


class _Cut(Exception):
    """The run is killed."""


@pytest.mark.parametrize("one", [TRUSTED, WEB], ids=["set", "group"])
def test_what_an_interrupted_run_began_is_finished(
    lab: Any, url: str, check: dict[str, Any], one: FirewallName, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(url, OFFICE, *([TRUSTED] if one is WEB else []))
    original = ProxmoxNames.send
    for most in range(1, 5):
        for part in ("ipset", "groups"):
            cluster(lab)[part].pop(one.name, None)
        left = [most]

        def send(*args: Any, left: list[int] = left) -> None:
            if not left[0]:
                raise _Cut
            left[0] -= 1
            original(*args)

        with monkeypatch.context() as patched:
            patched.setattr(ProxmoxNames, "send", send)
            with contextlib.suppress(_Cut):
                PROVIDER.create(inputs(url, one))
        FirewallCheckProvider().check({}, check | {"names": [one.as_input()], "new": [one.resource_name]})
        PROVIDER.create(inputs(url, one))
        second_pass(url, one)


def test_taking_away(lab: Any, url: str) -> None:
    made(url, *ALL)
    for one in reversed(ALL):
        PROVIDER.delete(one.resource_name, inputs(url, one))
        PROVIDER.delete(one.resource_name, inputs(url, one))
    assert not any(cluster(lab)[part] for part in ("aliases", "ipset", "groups"))


USED = [
    pytest.param(OFFICE, "cluster", {**SSH, "source": "office"}, "the datacenter", id="an alias by a rule"),
    pytest.param(OFFICE, "111", {**SSH, "source": "dc/office"}, "the guest 111", id="an alias by a guest's rule"),
    pytest.param(TRUSTED, "pve", SSH, "the node pve", id="a set by a node's rule"),
    pytest.param(TRUSTED, "111", {**SSH, "source": "+dc/trusted"}, "the guest 111", id="a set by a guest's rule"),
    pytest.param(WEB, "111", {"type": "group", "action": "web", "enable": 0}, "the guest 111", id="a group"),
]


@pytest.mark.parametrize(("one", "place", "rule", "where"), USED)
def test_what_somebody_uses_stays(
    lab: Any, url: str, one: FirewallName, place: str, rule: dict[str, Any], where: str
) -> None:
    made(url, *ALL[: ALL.index(one) + 1])
    api = lab.server.api
    level = {
        "cluster": lambda: api.firewall_config("cluster"),
        "pve": lambda: api.firewall_config("host", node="pve"),
        "111": lambda: api.firewall_config("vm", vmid=111),
    }[place]()
    level["rules"].append(dict(rule))
    with pytest.raises(Exception, match=f"is still used.*\n.*\n.*{where}: type"):
        PROVIDER.delete(one.resource_name, inputs(url, one))
    second_pass(url, one)


def test_an_alias_in_a_set_stays(lab: Any, url: str) -> None:
    made(url, OFFICE, TRUSTED)
    with pytest.raises(Exception, match="the IP set trusted: dc/office"):
        PROVIDER.delete(OFFICE.resource_name, inputs(url, OFFICE))


def test_silence_is_not_absence(lab: Any, url: str) -> None:
    made(url, OFFICE)
    lab.server.fail("GET", "/aliases", 596, "no route")
    read = PROVIDER.read("alias@office", inputs(url, OFFICE))
    lab.server.heal()
    assert read.outs["entries"] == [{"cidr": "10.0.5.0/24"}]
    assert PROVIDER.diff("alias@office", read.outs, inputs(url, OFFICE)).changes
    before = writes(lab)
    PROVIDER.update("alias@office", read.outs, inputs(url, OFFICE))
    assert writes(lab) == before


FOREIGN = {"type": "in", "action": "DROP", "enable": 1, "proto": "udp"}
OTHERS: list[tuple[FirewallName, str, Any, str]] = [
    (OFFICE, "aliases", {"name": "Office", "cidr": "10.0.6.0/24"}, r"10\.0\.6\.0/24 \(would become 10\.0\.5\.0/24\)"),
    (TRUSTED, "ipset", [{"cidr": "10.0.0.66"}], r"10\.0\.0\.66"),
    (WEB, "groups", [FOREIGN], "proto: udp"),
]


@pytest.fixture
def check(url: str) -> dict[str, Any]:
    """A site with nothing but names."""
    options = {"enable": "0", "policy_in": "ACCEPT", "policy_out": "ACCEPT"}
    return {
        "proxmox": url,
        "node": "pve",
        "networks": {"pve": "10.0.0.0/24"},
        "wanted": [{"scope": ProxmoxScope("cluster").as_input(), "rules": [], "options": options}],
        "connections": [],
        "allowed": [],
        "sync_address": "10.0.0.9",
    }


@pytest.mark.parametrize(("one", "part", "content", "lost"), OTHERS, ids=["alias", "set", "group"])
def test_other_content_under_a_name_is_refused_before_anything_is_sent(
    lab: Any, url: str, check: dict[str, Any], one: FirewallName, part: str, content: Any, lost: str
) -> None:
    cluster(lab)[part][one.name] = content
    says = f"{one.title}:\\n.*{lost}"
    with pytest.raises(Exception, match=says):
        PROVIDER.create(inputs(url, one))
    props = check | {"names": [one.as_input()], "new": [one.resource_name]}
    with pytest.raises(Exception, match=says):
        FirewallCheckProvider().check({}, props)
    FirewallCheckProvider().check({}, props | {"new": []})
    assert not writes(lab)


def test_what_is_there_already_is_taken_over(lab: Any, url: str, check: dict[str, Any]) -> None:
    made(url, *ALL)
    before = writes(lab)
    names = [one.as_input() for one in ALL]
    new = [one.resource_name for one in ALL]
    checked = FirewallCheckProvider().check({}, check | {"names": names, "new": new})
    assert "new" not in checked.inputs
    made(url, *ALL)
    assert writes(lab) == before


def test_names_that_mean_nothing_to_proxmox(lab: Any, check: dict[str, Any]) -> None:
    """The datacenter's names, and those of a guest whose rules use any."""
    cluster(lab)["aliases"]["live"] = {"name": "live", "cidr": "10.0.7.0/24"}
    lab.server.api.firewall_config("vm", vmid=111)["ipset"]["ours"] = []
    options = {"enable": "0", "policy_in": "ACCEPT", "policy_out": "ACCEPT"}
    guest = {"scope": ProxmoxScope("vm", "pve", 111).as_input(), "rules": [], "options": options}
    known = [NameUse("vms.yaml:7", "r", 111, ("live", "+ours", "+trusted"), macro="SSH").as_input()]
    props = check | {"wanted": [*check["wanted"], guest], "names": [TRUSTED.as_input()]}
    FirewallCheckProvider().check({}, props | {"uses": known})
    unknown = [
        NameUse("site.yaml:7", "r", 0, ("lives",)).as_input(),
        NameUse("site.yaml:9", "r", 0, ("+ours",)).as_input(),
    ]
    with pytest.raises(Exception, match=r"(?s)site\.yaml:7.*`live`.*site\.yaml:9"):
        FirewallCheckProvider().check({}, props | {"uses": [*known, *unknown]})
    assert not writes(lab)


def test_a_name_that_leaves_is_known_no_more(lab: Any, check: dict[str, Any], url: str) -> None:
    made(url, OFFICE)
    uses = [NameUse("site.yaml:7", "rule 7", addresses=("office",)).as_input()]
    FirewallCheckProvider().check({}, check | {"uses": uses})
    with pytest.raises(Exception, match="alias office"):
        FirewallCheckProvider().check({}, check | {"uses": uses, "leaving": ["alias@office"]})


def test_macros_that_this_proxmox_has_in_addition_are_taken(
    lab: Any, check: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakepve.firewall.MACROS", {"OfNextYear": ""})
    FirewallCheckProvider().check({}, check | {"uses": [NameUse("f:1", "r", macro="OfNextYear").as_input()]})
    with pytest.raises(Exception, match=r"no macro ofnextyear.*\n.*\n.*\n.*OfNextYear"):
        FirewallCheckProvider().check({}, check | {"uses": [NameUse("f:1", "r", macro="ofnextyear").as_input()]})


def test_a_set_that_shrinks_under_a_needed_connection_is_refused(lab: Any, check: dict[str, Any], url: str) -> None:
    made(url, OFFICE, TRUSTED)
    on = {"enable": "1", "policy_in": "DROP", "policy_out": "ACCEPT"}
    lab.server.api.firewall_config("cluster")["options"]["enable"] = 1
    lab.server.api.firewall_config("cluster")["rules"] = [dict(SSH)]
    ssh = {"name": "ssh@pve", "what": "SSH", "source": "10.0.5.7", "dest": "10.1.0.13", "proto": "tcp", "port": 22}
    props = check | {
        "wanted": [{"scope": ProxmoxScope("cluster").as_input(), "rules": [SSH], "options": on}],
        "connections": [ssh],
        "networks": {"pve": "10.1.0.0/24"},
    }
    FirewallCheckProvider().check({}, props | {"names": [OFFICE.as_input(), TRUSTED.as_input()]})
    smaller = named("ip-set", "trusted", "", [{"cidr": "10.0.6.0/24"}])
    moved = named("alias", "office", "", [{"cidr": "10.0.6.0/24"}])
    for names in ([OFFICE, smaller], [moved, TRUSTED]):
        with pytest.raises(Exception, match="would cut connections"):
            FirewallCheckProvider().check({}, props | {"names": [one.as_input() for one in names]})


def test_nothing_is_written_where_proxmox_is_not_reached(url: str, lab: Any) -> None:
    lab.__exit__()
    try:
        with pytest.raises(Exception, match="cannot be reached"):
            PROVIDER.create(inputs(url, OFFICE))
    finally:
        lab.__enter__()
