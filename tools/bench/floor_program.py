"""The floor's Pulumi program: a trivial resource for each of the site's, in the same tree with the same edges."""

from __future__ import annotations

import json
from pathlib import Path

import pulumi

from tools.bench.echo import Echo
from tools.bench.floor_graph import Node

GRAPH_FILE = "graph.json"
# Name of the resource that has another value, as text.
CHANGED_FILE = "changed.txt"


def run() -> None:
    """Declare everything; runs in the floor's folder."""
    nodes = [Node.from_json(data) for data in json.loads(Path(GRAPH_FILE).read_text())]
    changed = Path(CHANGED_FILE).read_text().split()
    made: dict[str, pulumi.Resource] = {}
    for node in nodes:
        opts = pulumi.ResourceOptions(
            parent=made.get(node.parent), depends_on=[made[name] for name in node.dependencies]
        )
        if node.is_component:
            made[node.name] = pulumi.ComponentResource("bench:index:Part", node.name, None, opts)
        else:
            value = "".join(changed[1:]) if node.name in changed[:1] else "as declared first"
            made[node.name] = Echo(node.name, value, opts)
