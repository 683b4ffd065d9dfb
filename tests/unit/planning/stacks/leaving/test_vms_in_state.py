"""VMs of which the state has stacks or an environment."""

from __future__ import annotations

from typing import Any

from phoenix_providers.planning.stacks.leaving.vms_in_state import VmInState, vms_in_state


def resource(kind: str, name: str, **outputs: Any) -> dict[str, Any]:
    type_ = f"pulumi-python:dynamic/phoenix:{kind}"
    return {"urn": f"urn:pulumi:prod::site::{type_}::{name}", "type": type_, "outputs": outputs}


def test_stacks_come_before_their_environment() -> None:
    state = [
        resource("PortainerEndpoint", "environment@113", environment="tools"),
        resource("PortainerStack", "whoami@112"),
        resource("PortainerStack", "vaultwarden@113"),
        resource("PortainerStack", "grafana@113"),
    ]
    assert vms_in_state(state) == (
        VmInState(112, ("whoami@112",)),
        VmInState(113, ("grafana@113", "vaultwarden@113", "environment@113"), "tools"),
    )


def test_what_else_has_a_number_or_a_type_like_these_is_none() -> None:
    format_ = {"urn": "urn:pulumi:prod::site::phoenix:site/StateFormat:PortainerStack::2-state"}
    state = [
        resource("Restoration", "restoration@113"),
        resource("PortainerRegistry", "registry@team"),
        {**format_, "type": "phoenix:site/StateFormat:PortainerStack"},
    ]
    assert vms_in_state(state) == ()
