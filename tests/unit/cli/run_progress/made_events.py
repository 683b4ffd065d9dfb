"""Events as the engine writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ROOT = "urn:pulumi:lab::site::"
ENVIRONMENT = "phoenix:site:Portainer$phoenix:site:Environment"
OURS = "pulumi-python:dynamic/phoenix"
_KEYS = {"began": "resourcePreEvent", "ended": "resOutputsEvent", "failed": "resOpFailedEvent"}


def stack_urn(name: str) -> str:
    return f"{ROOT}{ENVIRONMENT}${OURS}:PortainerStack::{name}"


def environment_urn(vmid: int) -> str:
    return f"{ROOT}{ENVIRONMENT}${OURS}:PortainerEndpoint::environment@{vmid}"


def urn_of(kind: str, name: str, above: str = "phoenix:site:CoreInfrastructure") -> str:
    return f"{ROOT}{above}${kind}::{name}"


GATE = urn_of(f"{OURS}:ReadinessGate", "readiness", "phoenix:site:Readiness")
RULES = urn_of("proxmoxve:firewall/rulesLegacy:RulesLegacy", "rules@113")
GUEST_ROUTES = urn_of(f"{OURS}:TraefikConfig", "traefik-infrastructure", "phoenix:site:TraefikInfrastructure")
STACK_ROUTES = urn_of(f"{OURS}:TraefikConfig", "traefik-stacks", "phoenix:site:TraefikStacks")
VERDICT = urn_of(f"{OURS}:Verdict", "verdict", "phoenix:site:Verdict")


def event(phase: str, operation: str, urn: str, **new: Any) -> Mapping[str, Any]:
    kind = urn.split("::")[2].rpartition("$")[2]
    return {_KEYS[phase]: {"metadata": {"op": operation, "urn": urn, "type": kind, "new": new or None}}}


def done(operation: str, urn: str, **new: Any) -> list[Mapping[str, Any]]:
    return [event("began", operation, urn), event("ended", operation, urn, **new)]


def said(text: str, severity: str = "info#err", urn: str = "") -> Mapping[str, Any]:
    return {"diagnosticEvent": {"message": f"{text}\n", "severity": severity, "urn": urn}}
