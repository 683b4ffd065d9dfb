"""Which needed connections belong to a stack, and which a new one has to have."""

from __future__ import annotations

from typing import Any

from phoenix_providers.planning.firewall.connections.stack_connections import backends_of, connections_of, lost_backends
from phoenix_providers.planning.site_plan import (
    Connection,
    DnsPublication,
    FirewallPlan,
    OptionsPlan,
    SitePlan,
    StackPlan,
)


def connection(name: str, dest: str, port: int, proto: str = "tcp") -> Connection:
    return Connection(name, name, "10.0.0.12", dest, proto, port)


PLAN = SitePlan(
    domain="",
    node="pve",
    dns=(),
    nodes=(),
    publication=DnsPublication("hosts"),
    firewall=FirewallPlan(OptionsPlan({}), (), {}),
    infrastructure={},
    environments=(),
    stacks=(),
    problems=(),
    connections=(
        connection("backend@113:8302", "10.0.0.113", 8302),
        connection("backend@113:53/udp", "10.0.0.113", 53, "udp"),
        connection("backend@114:8302", "10.0.0.114", 8302),
        connection("agent@113", "10.0.0.113", 9001),
        connection("agent@114", "10.0.0.114", 9001),
        connection("portainer-api", "10.0.0.110", 9443),
    ),
)


def routes(*urls: str, **more: Any) -> dict[str, Any]:
    servers = [{"url": url} for url in urls]
    return {"http": {"services": {"s": {"loadBalancer": {"servers": servers}}}}, **more}


def test_back_ends_go_by_address_port_and_protocol() -> None:
    udp = {"services": {"dns": {"loadBalancer": {"servers": [{"address": "10.0.0.113:53"}]}}}}
    assert backends_of(PLAN, routes("http://10.0.0.113:8302", udp=udp)) == ("backend@113:8302", "backend@113:53/udp")
    assert backends_of(PLAN, routes("http://10.0.0.113:53", "http://elsewhere:8302", "not a url")) == ()
    assert backends_of(PLAN, {}) == ()


def test_a_stack_needs_the_agent_of_its_own_vm() -> None:
    stack = StackPlan("web", 113, "tools", "production", "web-production", None, {}, routes("http://10.0.0.113:8302"))
    assert connections_of(PLAN, stack) == ("backend@113:8302", "agent@113")


def test_what_the_old_routes_have_had_is_nothing_to_wait_for() -> None:
    old, new = routes("http://10.0.0.113:8302"), routes("http://10.0.0.113:8302", "http://10.0.0.114:8302")
    assert lost_backends(PLAN, old, new) == ("backend@114:8302",)
    assert lost_backends(PLAN, new, old) == ()
