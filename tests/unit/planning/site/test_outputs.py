"""What `pulumi stack output` tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from phoenix_providers.planning.site.outputs import (
    environment_output,
    record_outputs,
    route_outputs,
    stack_output,
    verdict_output,
)
from phoenix_providers.planning.site_plan import SitePlan

MakePlan = Callable[..., SitePlan]
DIGEST = f"ghcr.io/home/web@sha256:{'0123456789abcdef' * 4}"
INFRASTRUCTURE = """\
http:
  routers:
    nas-router: {rule: "Host(`nas.home.lan`)", service: nas-service}
    traefik-dashboard-router: {rule: "Host(`traefik.home.lan`)", service: api@internal}
  services:
    nas-service: {loadBalancer: {servers: [{url: "https://10.0.0.12:5001"}]}}
tcp:
  routers:
    mail: {rule: "HostSNI(`mail.home.lan`)", service: mail, tls: {}}
  services:
    mail: {loadBalancer: {servers: [{address: "10.0.0.21:25"}]}}
"""


def router(rule: str, **more: Any) -> dict[str, Any]:
    return {"http": {"routers": {"web": {"rule": rule, "service": "web", **more}}}}


def test_each_name_has_its_address_and_who_answers(make_plan: MakePlan) -> None:
    parts = {"web@201": router("Host(`web.home.lan`) && PathPrefix(`/app`)", tls={"certResolver": "le"})}
    assert route_outputs(make_plan(), INFRASTRUCTURE, parts) == {
        "mail.home.lan": {"url": "tcp://mail.home.lan", "stack": "", "guest": "apps"},
        "nas.home.lan": {"url": "http://nas.home.lan/", "stack": "", "guest": "traefik"},
        "traefik.home.lan": {"url": "http://traefik.home.lan/", "stack": "", "guest": ""},
        "web.home.lan": {"url": "https://web.home.lan/app", "stack": "web@201", "guest": "apps"},
    }


@pytest.mark.parametrize("text", ["", "# Written by Phoenix Sync\n", "{broken"])
def test_without_a_readable_file_only_stacks_have_routes(make_plan: MakePlan, text: str) -> None:
    assert route_outputs(make_plan(), text, {"web@201": router("Host(`web.home.lan`)"), "db@201": {}}).keys() == {
        "web.home.lan"
    }


def test_records_are_those_that_are_ours() -> None:
    lines = {"b.home.lan": "10.0.0.2", "a.home.lan": "10.0.0.1", "localhost": "127.0.0.1"}
    assert record_outputs(lines, ["a.home.lan", "b.home.lan", "new.home.lan"]) == {
        "a.home.lan": "10.0.0.1",
        "b.home.lan": "10.0.0.2",
    }


def test_an_environment_that_could_not_be_made_has_no_number(make_plan: MakePlan) -> None:
    (plan,) = make_plan().environments
    url = "tcp://apps.home.lan:9001"
    assert environment_output(plan, 3.0, url) == {"id": 3, "url": url, "vm": "apps"}
    assert environment_output(plan, None, url)["id"] == 0


@pytest.mark.parametrize(
    ("outputs", "health"),
    [
        ({"stack_id": 7.0, "failure": ""}, "Healthy"),
        ({"stack_id": 7.0, "failure": "web does not get healthy"}, "Degraded"),
        ({"stack_id": 0, "failure": "the agent does not answer"}, "Missing"),
        ({"stack_id": 7.0, "blocked": "held", "failure": ""}, "Unknown"),
        ({"blocked": "a secret is not set", "failure": "a secret is not set"}, "Unknown"),
    ],
)
def test_health_has_the_words_of_the_field(outputs: dict[str, Any], health: str) -> None:
    assert stack_output({"environment": "apps", "project": "web-production", **outputs}) == {
        "environment": "apps",
        "project": "web-production",
        "health": health,
        "images": [],
    }


def test_images_are_told_where_the_file_names_their_digest() -> None:
    compose = f"""services:
  web:
    image: {DIGEST}   # as it was tried
  same:
    image: "{DIGEST}"
  tag:
    image: postgres:16
  value:
    image: ${{IMAGE}}@sha256:{"0" * 64}
  # image: old@sha256:{"1" * 64}
"""
    assert stack_output({"compose": compose})["images"] == [DIGEST]


def test_the_verdict_has_the_first_line_of_what_is_wrong() -> None:
    assert verdict_output({"a@1": "", "b@1": ""}, {}) == {"in_sync": True, "wrong": {}}
    failures = {"a@1": "it is gone\n  next:     look", "b@1": "", "c@1": "told otherwise"}
    assert verdict_output(failures, {"c@1": "blocked: why", "d@1": "blocked as well"}) == {
        "in_sync": False,
        "wrong": {"a@1": "it is gone", "c@1": "blocked: why", "d@1": "blocked as well"},
    }


def test_nobody_has_looked_at_one_that_is_left_alone() -> None:
    """The state has what it was while it was not."""
    outputs = {"environment": "apps", "project": "web-production", "blocked": "", "failure": "", "stack_id": 3}
    assert stack_output(outputs)["health"] == "Healthy"
    assert stack_output(outputs, is_left_alone=True)["health"] == "Unknown"
