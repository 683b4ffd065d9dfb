"""What the state has, as far as it can be shown: outputs by name, and when each was changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from phoenix_providers.models.engine_properties import EngineRecord, Properties, StoredProperties
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.routes.refused_routes import Refusal
from phoenix_providers.planning.site_plan import (
    DnsPublication,
    EnvironmentPlan,
    FirewallPlan,
    OptionsPlan,
    SitePlan,
)
from phoenix_providers.program.tree import is_component
from phoenix_providers.resources.stored_outputs import outputs_of
from phoenix_providers.resources.traefik_config import PARTS

_ENGINES_OWN = "pulumi:"
# These say nothing of whether anything was ever made.
_KINDS_MADE = frozenset({"PortainerStack", "PortainerEndpoint", "TraefikConfig", "RulesLegacy", "HostsLegacy"})


@dataclass(frozen=True)
class StoredThing:
    """One resource that the state has.

    Attributes:
        kind: Its type, without those above it, such as `PortainerStack`.
        modified: When it was changed last, in seconds since 1970; None if the state does not tell.
    """

    name: str
    kind: str
    outputs: StoredProperties
    created: float | None = None
    modified: float | None = None


@dataclass(frozen=True)
class StoredSite:
    """All of them, by name."""

    things: Mapping[str, StoredThing]

    @classmethod
    def of(cls, resources: Iterable[EngineRecord]) -> StoredSite:
        """Read an export, secrets in clear: nothing of it is to be shown as it is."""
        from phoenix_providers.cli.imitated_engine.stored_state import in_clear

        found: dict[str, StoredThing] = {}
        for one in resources:
            type_ = str(one["type"])
            if type_.startswith(_ENGINES_OWN) or is_component(type_) or one.get("delete"):
                continue
            name = str(one["urn"]).rpartition("::")[2]
            plain = {"type": type_, "outputs": in_clear(one.get("outputs") or {})}
            kind = type_.rpartition(":")[2]
            found[name] = StoredThing(
                name, kind, outputs_of(plain), _seconds(one.get("created")), _seconds(one.get("modified"))
            )
        return cls(found)

    def of_kind(self, kind: str) -> Mapping[str, StoredThing]:
        """Return those of one type."""
        return {name: one for name, one in self.things.items() if one.kind == kind}

    @property
    def stacks(self) -> Mapping[str, StoredThing]:
        """Stacks by NAME@VMID."""
        return self.of_kind("PortainerStack")

    @property
    def is_deployed(self) -> bool:
        """Whether a run has got as far as making something."""
        return any(one.kind in _KINDS_MADE for one in self.things.values())

    @property
    def changed_at(self) -> float | None:
        """When the last of them was changed, in seconds since 1970."""
        return max((one.modified for one in self.things.values() if one.modified is not None), default=None)

    @cached_property
    def parts(self) -> Mapping[str, DynamicConfiguration]:
        """What is published, by owner."""
        found: Properties = {}
        for one in self.of_kind("TraefikConfig").values():
            found |= one.outputs.get(PARTS) or {}
        return found

    @cached_property
    def refused(self) -> Mapping[str, Refusal]:
        """What Traefik would not take, by owner."""
        return {
            owner: Refusal.from_output(refusal)
            for one in self.of_kind("TraefikConfig").values()
            for owner, refusal in (one.outputs.get("refused") or {}).items()
        }

    def plan(self) -> SitePlan:
        """Return what is left of a plan where the files cannot be read: the environments."""
        environments = (
            EnvironmentPlan(
                vmid=int(name.rpartition("@")[2]),
                vm_name="",
                name=str(one.outputs.get("environment") or ""),
                role="primary" if str(one.outputs.get("url")).startswith("unix://") else "agent",
                url=str(one.outputs.get("url") or ""),
            )
            for name, one in self.of_kind("PortainerEndpoint").items()
        )
        nothing = FirewallPlan(OptionsPlan({}), (), {})
        return SitePlan("", "", (), (), DnsPublication(""), nothing, {}, tuple(environments), (), ())

    def environment_id(self, vmid: int) -> int:
        """Return Portainer's number of the environment of a VM; 0 if it was never there."""
        found = self.things.get(f"environment@{vmid}")
        return int(found.outputs.get("environment_id") or 0) if found is not None else 0


def _seconds(moment: object) -> float | None:
    try:
        return datetime.fromisoformat(str(moment)).timestamp()
    except ValueError:
        return None
