"""Why a back end does not answer: what lies closest to it is named, with what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.site_plan import Connection
from phoenix_providers.planning.stacks.back_end_causes import BackEnd, Cause, cause
from phoenix_providers.planning.stacks.health import ContainerState

WEB = ContainerState("web", "app-web-1", "running")
CUT = Cut(
    Connection("backend@113:8302", "the back end", "10.0.0.12", "10.0.0.113", "tcp", 8302, 102, 113), on_the_way=False
)
END = BackEnd("10.0.0.113:8302", "app@113", ("web",), (WEB,), (), refused="")
BAD_GATEWAY = "HTTP 502"


@pytest.mark.parametrize(
    ("container", "text", "next_step"),
    [
        (replace(WEB, state="exited", exit_code=137), "web is exited (137)", "phoenix sync stack app to 113"),
        (replace(WEB, state="exited", exit_code=0), "web is exited (0)", "phoenix sync stack app to 113"),
        (replace(WEB, state="paused"), "web is paused", "phoenix sync stack app to 113"),
        (replace(WEB, state="exited", exit_code=1), "web is exited (1)", "docker logs app-web-1"),
        (replace(WEB, state="restarting", exit_code=2), "web is restarting (2)", "docker logs app-web-1"),
        (replace(WEB, health="unhealthy"), "web is unhealthy", "docker logs app-web-1"),
    ],
)
def test_a_container_that_is_not_well_is_the_cause(container: ContainerState, text: str, next_step: str) -> None:
    # Whatever the firewall does: nothing would answer.
    found = cause(replace(END, containers=(container,), cuts=(CUT,)), BAD_GATEWAY, {})
    assert found is not None
    assert (found.text, found.next_step.partition("   ")[0]) == (text, next_step)


def test_a_service_without_a_container_is_deployed_again() -> None:
    found = cause(replace(END, containers=()), BAD_GATEWAY, {})
    assert found == Cause("web has no container", "phoenix sync stack app to 113   (starts it again)")


def test_a_container_that_does_not_publish_the_port_is_no_cause() -> None:
    other = replace(WEB, service="job", state="exited", exit_code=1)
    found = cause(replace(END, containers=(WEB, other), refused="connection refused"), BAD_GATEWAY, {})
    assert found is not None
    assert found.text == "nothing answers at 10.0.0.113:8302, asked from here as well: connection refused"


def test_a_firewall_that_keeps_traefik_out_is_named_with_the_rule() -> None:
    found = cause(replace(END, cuts=(CUT,)), BAD_GATEWAY, {"113": "vms.yaml:40"})
    assert found is not None
    assert found.text == "VM 113 drops 8302/tcp from 10.0.0.12"
    assert found.next_step == (
        "add the rule: on the guest 113 (vms.yaml:40): "
        "{type: in, action: ACCEPT, source: 10.0.0.12, proto: tcp, port: 8302}; then phoenix sync all"
    )
    opened = cause(replace(END, cuts=(CUT,), opens=True), BAD_GATEWAY, {})
    assert opened is not None
    assert opened.next_step == "phoenix sync all   (the files open it already)"


@pytest.mark.parametrize("containers", [None, (WEB,)])
def test_silence_is_no_missing_container(containers: tuple[ContainerState, ...] | None) -> None:
    found = cause(replace(END, containers=containers, cuts=None, refused=None), BAD_GATEWAY, {})
    assert found is None


def test_a_port_that_takes_connections_is_told_with_what_traefik_says() -> None:
    found = cause(END, BAD_GATEWAY, {})
    assert found is not None
    assert found.text == "10.0.0.113:8302 takes connections from here, but does not answer Traefik: HTTP 502"
