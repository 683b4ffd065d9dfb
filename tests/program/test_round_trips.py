"""What is read from a state is written there again as it was: states hold what earlier versions wrote."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.planning.firewall.probing import Probing
from phoenix_providers.planning.firewall.question import FirewallQuestion
from phoenix_providers.planning.proxmox.wanted_place import wanted_of_input
from phoenix_providers.planning.routes.route_following import RouteFollowing

API = {"traefikApiUrl": "http://127.50.0.12:8081", "dnsServer": "127.50.0.13"}
SERVER = {"portainerUrl": "https://10.0.0.1:9443", "portainerUser": "me", "portainerInsecure": True}
# A name of the datacenter that is declared no more, and a guest whose firewall leaves.
STATE: dict[str, Any] = {"alias@old": {}, "rules@199": {}, "takeover@cluster": {}}


def through_the_engine(value: Any) -> Any:
    """Make whole numbers floats, as the engine does."""
    if isinstance(value, Mapping):
        return {key: through_the_engine(one) for key, one in value.items()}
    if isinstance(value, list):
        return [through_the_engine(one) for one in value]
    return float(value) if type(value) is int else value


def test_every_typed_input_is_read_as_it_was_written(run_program: Callable[..., Any]) -> None:
    inputs = run_program({**API, **SERVER, "allowCut": ["agent@111"]}, state=STATE).inputs
    check, gate, watch = inputs["firewall-check"], inputs["readiness"], inputs["firewall-watch"]
    question = {key: value for key, value in check.items() if key not in ("closed", "later", "__provider")}
    assert question["leaving"] == ["alias@old"]
    assert FirewallQuestion.from_input(through_the_engine(question)).to_check() == question
    asked = {key: value for key, value in gate.items() if key not in ("observed", "declared", "__provider")}
    known = {key: value for key, value in asked.items() if value is not None}
    assert ProductAddresses.from_input(through_the_engine(known)).as_input() == known
    assert Probing.from_input(through_the_engine(watch["probing"])).as_input() == watch["probing"]
    server = inputs["environment@113"]["server"]
    assert PortainerServer.from_input(json.loads(json.dumps(server))).as_input() == server
    follow = inputs["traefik-stacks"]["__follow"]
    assert RouteFollowing.from_input(follow).as_input() == follow
    guards = [one["wanted"] for name, one in inputs.items() if name.startswith("takeover@")]
    assert len(guards) > 2
    assert [wanted_of_input(one).as_input() for one in guards] == guards


def test_a_server_of_an_old_state_has_what_was_meant_then() -> None:
    assert PortainerServer.from_input({"url": "https://a"}) == PortainerServer("https://a", "admin", "", False, "")
