"""The shape of a site's state: names, parents and edges, without anything that is in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

_ROOT_TYPE = "pulumi:pulumi:Stack"
_PROVIDERS = "pulumi:providers:"


@dataclass(frozen=True)
class Node:
    """A resource of the floor.

    Attributes:
        parent: Name of the component in which it is; empty for the Pulumi stack itself.
        dependencies: Names of the resources that come before it.
    """

    name: str
    is_component: bool
    parent: str = ""
    dependencies: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Node:
        """Read what `as_json` made."""
        return cls(**{**data, "dependencies": tuple(data["dependencies"])})


def floor_graph(resources: Iterable[Mapping[str, Any]]) -> Sequence[Node]:
    """Return the nodes for the resources of an exported state, in its order; it has edges lead backwards only."""
    names: dict[str, str] = {}
    nodes: list[Node] = []
    for item in resources:
        kind, urn = str(item["type"]), str(item["urn"])
        if kind == _ROOT_TYPE or kind.startswith(_PROVIDERS):
            continue
        name = _free_name(urn.rpartition("::")[2], set(names.values()))
        names[urn] = name
        is_component = not item.get("custom", False)
        before = tuple(names[one] for one in item.get("dependencies") or () if one in names)
        nodes.append(Node(name, is_component, names.get(str(item.get("parent", "")), ""), before))
    components = {node.name for node in nodes if node.is_component}
    # The SDK has written what is in a component beside it; as a dependency of its own it would be more edges.
    return [
        Node(n.name, n.is_component, n.parent, tuple(d for d in n.dependencies if d not in components)) for n in nodes
    ]


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "-again"
    return name
