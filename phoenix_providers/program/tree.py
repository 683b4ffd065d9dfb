"""The tree that users see: the steps, the places on Proxmox and the environments, as components around the resources.

A component is nothing on any product, and nothing depends on one but its children. A run with `--target` must find the
component in the state, or the engine refuses it. So a state from before keeps its resources where they are for as long
as it has not got the component; the first full run makes that, and the run behind it moves what belongs there.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.site.state_format import FORMAT
from phoenix_providers.planning.site.unknown_stacks import Recorded

# No resource has a name like these: a pattern such as `**::verdict` must not mean a component as well.
_PREFIX = "phoenix:site:"
# Versions that know no components would make all resources again, and delete them where they are now: all stacks of a
# site. They read a number here from whatever ends like this, and stop at a text before they touch anything.
_STOPS_FORMER_VERSIONS = "phoenix:site/StateFormat:PortainerStack"
_TO_FORMER_VERSIONS = (
    "a newer version of Phoenix Sync keeps this state; nothing was touched; update this computer first"
)


@dataclass(frozen=True)
class Part:
    """One part of the tree.

    Attributes:
        kind: Last part of its type, or all of it.
        name: Its name.
        first: The resource of it that every state has which has any of it.
        above: The part in which it is.
    """

    kind: str
    name: str
    first: str
    above: Part | None = None

    @property
    def type(self) -> str:
        """Its type, as states have it."""
        return self.kind if ":" in self.kind else f"{_PREFIX}{self.kind}"


STATE_FORMAT = Part(_STOPS_FORMER_VERSIONS, "2-state", "inventory")
READINESS = Part("Readiness", "3-readiness", "inventory")
CORE_INFRASTRUCTURE = Part("CoreInfrastructure", "4-core-infrastructure", "firewall-check")
TRAEFIK_INFRASTRUCTURE = Part("TraefikInfrastructure", "5-traefik-infrastructure", "traefik-infrastructure")
# Registries are all that is in there and in no environment, and most sites have none.
PORTAINER = Part("Portainer", "6-portainer", "verdict")
TRAEFIK_STACKS = Part("TraefikStacks", "7-traefik-stacks", "traefik-stacks")
VERDICT = Part("Verdict", "8-verdict", "verdict")


def place(scope: ProxmoxScope) -> Part:
    """Return the part of one place on Proxmox: the cluster, a node or a guest."""
    kinds = {"cluster": ("Cluster", "cluster"), "node": ("Node", f"node-{scope.suffix}")}
    kind, name = kinds.get(scope.kind, ("Guest", f"guest-{scope.suffix}"))
    return Part(kind, name, f"takeover@{scope.suffix}", CORE_INFRASTRUCTURE)


def environment(vmid: int) -> Part:
    """Return the part of one environment: itself, and its stacks."""
    return Part("Environment", f"environment-{vmid}", f"environment@{vmid}", PORTAINER)


def parts_of_stack(vmid: int) -> frozenset[str]:
    """Return the names of the parts in which everything is that a run for one stack may make."""
    return frozenset(part.name for part in (STATE_FORMAT, PORTAINER, environment(vmid), TRAEFIK_STACKS, VERDICT))


def is_component(type_: object) -> bool:
    """Whether this is the type of a component of ours."""
    return str(type_).startswith(_PREFIX) or type_ == _STOPS_FORMER_VERSIONS


class _Component(pulumi.ComponentResource):
    def __init__(self, part: Part, above: pulumi.Resource | None) -> None:
        super().__init__(part.type, part.name, None, pulumi.ResourceOptions(parent=above))


class Tree:
    """The components of one run, each declared as soon as anything is to be in it.

    Args:
        known: What the state has.
        declared: Names that a scoped run declares; None in a full run.

    Attributes:
        resources: What the run has declared so far, by name.
    """

    def __init__(self, known: Recorded, declared: frozenset[str] | None) -> None:
        self.resources: dict[str, pulumi.Resource] = {}
        self._known = known
        self._declared = declared
        self._components: dict[Part, _Component] = {}
        self._outputs: dict[Part, StoredProperties] = {}
        pulumi.runtime.register_stack_transformation(self._as_stored)
        self._component(STATE_FORMAT)
        self.tell(STATE_FORMAT, {"format": FORMAT, "environment_id": _TO_FORMER_VERSIONS})

    def inside(self, part: Part) -> pulumi.Resource | None:
        """Return the parent of what belongs to a part; None for what stays outside in this run."""
        component = self._component(part)
        return component if part.name in self._known.components or part.first not in self._known.names else None

    def tell(self, part: Part, outputs: StoredProperties) -> None:
        """Take what a part says of itself."""
        self._outputs[part] = outputs

    def close(self) -> None:
        """End all parts; to be called behind all declarations."""
        for part, component in self._components.items():
            component.register_outputs(dict(self._outputs.get(part, {})))

    def _component(self, part: Part) -> _Component | None:
        if self._declared is not None and part.name not in self._declared:
            return None
        if part not in self._components:
            self._components[part] = _Component(part, self._component(part.above) if part.above else None)
        return self._components[part]

    def _as_stored(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        """Let every resource be what the state has of the same type and name, wherever it is there."""
        self.resources[args.name] = args.resource
        urn = self._known.urns.get(args.name, "")
        if not urn or urn.split("::")[2].rpartition("$")[2] != args.type_:
            return None
        args.opts.aliases = [*(args.opts.aliases or ()), urn]
        return pulumi.ResourceTransformationResult(args.props, args.opts)
