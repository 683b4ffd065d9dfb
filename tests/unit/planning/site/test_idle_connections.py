"""Connections that carry nothing yet: what the state knows, and what others say."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.site.idle_connections import in_use, leads_to
from phoenix_providers.planning.site.unknown_stacks import Recorded
from phoenix_providers.planning.site_plan import Connection

from ..conftest import COMPOSE, MakePlan

TO_APP = Connection("backend@201:8080", "a back end", "10.0.0.12", "10.0.0.21", "tcp", 8080, 102, 201)
TO_WEB = Connection("backend@201:80", "a back end", "10.0.0.12", "10.0.0.21", "tcp", 80, 102, 201)


def service(**server: str) -> dict[str, Any]:
    return {"services": {"app@file": {"loadBalancer": {"servers": [server]}, "status": "enabled"}}}


@pytest.mark.parametrize(
    ("connection", "known", "leads"),
    [
        (TO_APP, {"routers": {"app@docker": {"rule": "Host(`10.0.0.21:8080`)"}}}, False),
        (TO_APP, service(url="http://10.0.0.21:8080"), True),
        (TO_APP, service(url="http://10.0.0.21:8081"), False),
        (TO_APP, service(url="http://10.0.0.22:8080"), False),
        (TO_APP, service(url="http://apps.home.lan:8080/"), True),
        (TO_APP, service(address="10.0.0.21:8080"), True),
        (TO_APP, service(address="[fd00::21]:8080"), False),
        (TO_APP, service(url="http://10.0.0.21"), False),
        (TO_WEB, service(url="http://10.0.0.21"), True),
        (TO_WEB, service(url="https://10.0.0.21"), False),
        (TO_APP, {"middlewares": {"auth@file": {"forwardAuth": {"address": "http://10.0.0.21:8080/auth"}}}}, True),
        (TO_APP, {"services": {"app@file": {"serverStatus": {"http://10.0.0.21:8080": "UP"}}}}, True),
        (TO_APP, service(url="http://10.0.0.21:port"), False),
        (TO_APP, ["unix:///var/run/docker.sock", "tcp://10.0.0.22:9001"], False),
    ],
)
def test_whether_somebody_leads_there(connection: Connection, known: Any, leads: bool) -> None:
    assert leads_to(connection, known) is leads


def test_what_the_state_knows_is_in_use(make_plan: MakePlan) -> None:
    routes = service(url="http://10.0.0.21:8080")
    plan = make_plan({"app": (COMPOSE, {"traefik_labels": []})})
    stack = RecordedStack("app@201", "apps", 1, "app-production", "", routes={"http": routes})
    assert in_use(plan, Recorded()) == set()
    assert in_use(plan, Recorded(routes={"app@201": {"http": routes}})) == {"backend@201:8080"}
    assert in_use(plan, Recorded(stacks={"app@201": stack})) == {"backend@201:8080"}
    assert in_use(plan, Recorded(names=frozenset({"environment@201"}))) == {"agent@201"}
