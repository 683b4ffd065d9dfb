"""What the state has already, as the engine itself tells the program."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from phoenix_providers.clock import Clock, Deadline, SystemClock
from phoenix_providers.errors import ProductError
from phoenix_providers.models.engine_properties import EngineRecord, StoredProperties
from phoenix_providers.planning.dns.backends.table import published_names
from phoenix_providers.planning.proxmox.api_words import rule_signature
from phoenix_providers.planning.proxmox.guest_resources import former_names
from phoenix_providers.planning.proxmox.plugin_words import from_plugin
from phoenix_providers.planning.proxmox_scope import RETIRED_TYPES
from phoenix_providers.planning.recorded_environment import RecordedEnvironment
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.site.state_format import refuse_doubles, refuse_newer
from phoenix_providers.planning.site.unknown_stacks import Recorded
from phoenix_providers.program.tree import STATE_FORMAT, is_component
from phoenix_providers.resources.inventory import SITE_ID
from phoenix_providers.resources.stored_outputs import outputs_of
from phoenix_providers.resources.traefik_config import PARTS

# Built into the engine: the resources of a stack as they were recorded last.
_READ_STATE = "pulumi:pulumi:readStackResourceOutputs"
_READABLE_WITHIN_SECONDS = 10.0
_PAUSE_SECONDS = 0.1
# The stack itself and its providers.
_ENGINES_OWN = "pulumi:"
# The engine saves the state while the program starts. A backend in a folder writes a small file of attributes beside
# the state, not in one step: who reads in that moment gets this error and "EOF".
_BEING_SAVED = "failed to load checkpoint"


def recorded(node: str, clock: Clock | None = None) -> Recorded:
    """Return what the state of this stack has, in preview too.

    Raises:
        ProductError: The state stays unreadable.
        UnsafeError: Another version has run on it.
    """
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    answer = _read_state(stack, clock or SystemClock())
    # By URN: {type, outputs}.
    found = {urn: one or {} for urn, one in (answer.get("outputs") or {}).items()}
    components = {urn.rpartition("::")[2]: one for urn, one in found.items() if is_component(one.get("type"))}
    ours = {
        urn: one
        for urn, one in found.items()
        if not str(one.get("type")).startswith(_ENGINES_OWN) and not is_component(one.get("type"))
    }
    _refuse_other_versions(stack.partition("/")[2], components, ours)
    by_urn = {urn: outputs_of(one) for urn, one in ours.items()}
    outputs = {urn.rpartition("::")[2]: one for urn, one in by_urn.items()}
    confirmed = str(outputs.get("firewall-confirm", {}).get("change") or "")
    waited = frozenset(str(item["found"]) for item in outputs.get("firewall-check", {}).get("later") or ())
    routes = outputs.get("traefik-stacks", {}).get(PARTS) or {}
    stored = frozenset(outputs)
    retired = frozenset(urn.rpartition("::")[2] for urn, one in ours.items() if one.get("type") in RETIRED_TYPES)
    former = former_names(stored - retired)
    return Recorded(
        stored - set(former.values()) | former.keys(),
        published_names(outputs, node),
        confirmed,
        routes,
        _stacks(_of_type("PortainerStack", ours, by_urn)),
        environments=_environments(_of_type("PortainerEndpoint", ours, by_urn)),
        former=former,
        as_stored=stored,
        settled=_settled(_of_type("FirewallOptions", ours, by_urn)),
        retired=retired,
        waited=waited,
        site_id=str(outputs.get("inventory", {}).get(SITE_ID) or ""),
        rules=_rules(outputs, former),
        urns={name: urn for urn in ours if (name := urn.rpartition("::")[2]) not in retired},
        components=frozenset(components),
    )


def _refuse_other_versions(
    stack: str, components: Mapping[str, EngineRecord], ours: Mapping[str, EngineRecord]
) -> None:
    outputs = components.get(STATE_FORMAT.name, {}).get("outputs") or {}
    refuse_newer(int(outputs.get("format") or 0), stack)
    refuse_doubles((urn for urn, one in ours.items() if one.get("type") not in RETIRED_TYPES), stack)


def _rules(outputs: Mapping[str, StoredProperties], former: Mapping[str, str]) -> dict[str, frozenset[tuple[str, ...]]]:
    """Return what tells the rules of each list apart, by the list's present name."""
    present = {old: new for new, old in former.items()}
    return {
        present.get(name, name): frozenset(rule_signature(from_plugin(rule)) for rule in one.get("rules") or ())
        for name, one in outputs.items()
        if name.startswith("rules@")
    }


def _of_type(
    kind: str, resources: Mapping[str, EngineRecord], by_urn: Mapping[str, StoredProperties]
) -> dict[str, StoredProperties]:
    """Return the outputs of our resources of one type, by name."""
    return {
        urn.rpartition("::")[2]: by_urn[urn]
        for urn, one in resources.items()
        if str(one.get("type")).endswith(f":{kind}")
    }


def _settled(options: Mapping[str, StoredProperties]) -> dict[str, dict[str, str]]:
    return {name: one.get("settled") or {} for name, one in options.items()}


def _environments(environments: Mapping[str, StoredProperties]) -> dict[str, RecordedEnvironment]:
    return {
        name: RecordedEnvironment(
            name,
            str(outputs.get("environment") or ""),
            int(outputs.get("environment_id") or 0),
            str(outputs.get("url") or ""),
            str(outputs.get("by_address") or ""),
            str(outputs.get("instance") or ""),
        )
        for name, outputs in environments.items()
    }


def _stacks(stacks: Mapping[str, StoredProperties]) -> dict[str, RecordedStack]:
    return {
        name: RecordedStack(
            name,
            environment=str(outputs.get("environment") or ""),
            environment_id=int(outputs.get("environment_id") or 0),
            project=str(outputs.get("project") or ""),
            compose=str(outputs.get("compose") or ""),
            routes=outputs.get("live_routes") or {},
            deployed=bool(outputs.get("stack_id")),
            proven=(bool(outputs.get("last_good")) or not (outputs.get("failure") or outputs.get("blocked")))
            and not outputs.get("kept_out"),
            last_good=outputs.get("last_good") or {},
            tried={key: outputs[key] for key in ("failed_digest", "unpulled") if outputs.get(key)},
        )
        for name, outputs in stacks.items()
    }


def _read_state(stack: str, clock: Clock) -> EngineRecord:
    deadline = Deadline.after(clock, _READABLE_WITHIN_SECONDS)
    while True:
        try:
            return pulumi.runtime.invoke(_READ_STATE, {"stackName": stack}).value or {}
        except Exception as error:  # the SDK raises nothing narrower
            if _BEING_SAVED not in str(error):
                raise
            if deadline.passed:
                raise ProductError(
                    "the engine could not read the state of this stack",
                    where=stack,
                    seen=str(error).rpartition(": ")[2],
                    expected="a readable state",
                    next_step="pulumi stack export",
                ) from error
        clock.sleep(_PAUSE_SECONDS)
