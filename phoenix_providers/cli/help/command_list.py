"""All commands, by what one wants. Each is a module of `cli` with a command of its name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

# Said here as well, so that `phoenix --help` loads none of them.
SECTIONS: Mapping[str, Mapping[str, str]] = {
    "See, then do": {
        "plan": "What would change, and which containers restart.",
        "sync": "Bring the site, or one stack of it, to its declared state.",
        "adopt": "Take over what Proxmox has already; nothing is changed there.",
    },
    "Ask": {
        "status": "The site at a glance: guests, stacks, routes, the last run.",
        "why": "Why one stack, route, record or rule is as it is.",
        "check": "Follow every route, and say where it breaks and why.",
        "doctor": "Is everything ready? Tokens, certificates, disks, the lock.",
        "graph": "Draw the site: Mermaid, Graphviz, SVG, a page to search.",
    },
    "Begin": {
        "demo": "Show the whole chain on this machine.",
        "lab": "Rehearse on this machine, with stand-ins on loopback.",
        "init": "Make a folder for your own site, or convert an old one.",
        "render": "Print as JSON what the files declare, offline.",
    },
    "Around it": {
        "state": "What Pulumi keeps of this site: tidy it, release its lock.",
        "completion": "Make Tab know commands, stacks and VMs.",
        "schema": "Write the JSON Schemas by which editors check the files.",
    },
}
# Whatever others ask for us.
_HIDDEN = ("ready",)

# What a new user wants first.
FIRST: Mapping[str, str] = {
    "phoenix plan": "what would change?",
    "phoenix sync all": "show it, ask, do it",
    "phoenix sync stack grafana to 113": "one stack and its routes alone",
    "phoenix check grafana": "why does its route not answer?",
    "phoenix doctor": "what is not ready, who holds the lock?",
}


def commands() -> tuple[str, ...]:
    """Return the names of all that are there."""
    named = (name for section in SECTIONS.values() for name in section)
    return tuple(name for name in (*named, *_HIDDEN) if find_spec(f"phoenix_providers.cli.{name}") is not None)
