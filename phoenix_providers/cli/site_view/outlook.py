"""What a run would change: the one place that reads the steps of `phoenix plan`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phoenix_providers.cli.imitated_engine.planned import plan
from phoenix_providers.cli.imitated_engine.steps import Step
from phoenix_providers.cli.imitated_engine.stored_state import StoredResource
from phoenix_providers.cli.run_progress.failures import without_engine_words
from phoenix_providers.cli.site_view.site_view import Cause, ChangeView
from phoenix_providers.models.engine_properties import EngineRecord, StoredProperties
from phoenix_providers.models.observed import AS_DECLARED, NOT_LOOKED_AT
from phoenix_providers.resources.by_line import whole
from phoenix_providers.resources.shown_items import without_items
from phoenix_providers.resources.unknown_values import has_unknown

_OPERATIONS = frozenset({"create", "update", "replace", "delete"})
_OBSERVED = "observed"
# Types that people know, and what they call them. The others only remember, watch or judge.
KINDS = {
    "PortainerStack": "stack",
    "PortainerEndpoint": "environment",
    "PortainerRegistry": "registry",
    "TraefikConfig": "routes",
    "HostsLegacy": "DNS records",
    "DnsmasqRecords": "DNS records",
    "DnsLegacy": "resolver",
    "RulesLegacy": "firewall rules",
    "FirewallOptions": "firewall options",
    "FirewallName": "firewall name",
    "ClosingRules": "firewall rules",
}
# Names of inputs, and what people call them; the others are told under their own.
_WORDS = {
    "compose": "compose file",
    "env": "values",
    "entry": "names",
    "__parts": "routes",
    "text": "routes",
    "options": "options",
    "url": "address",
}
# What follows from something else that is told.
_FOLLOWING = frozenset({"services", "environment_id", "environment_instance", "environment_urls", "resource", "server"})


@dataclass(frozen=True)
class Outlook:
    """What a run would change; None if that is not known, for the reason in `unknown`."""

    changes: tuple[ChangeView, ...] | None
    unknown: str = ""


def outlook(
    resources: Iterable[EngineRecord],
    config: Mapping[str, str],
    project: str,
    stack: str,
    root: Path,
    only: Collection[str] | None = None,
) -> Outlook:
    """Work it out as `phoenix plan` does; the clients of this process have been asked before.

    With `only` nothing but these is looked at, and told.
    """
    found = plan(resources, config, project, stack, root, targets=only)
    if not found.complete:
        errors = [message.text for message in found.messages if message.severity == "error"]
        return Outlook(None, _in_short(errors[0]) if errors else "the plan did not come to its end")
    steps = (step for step in found.steps if step.operation in _OPERATIONS and (only is None or step.name in only))
    views = (_change(step, found.recorded.get(step.urn)) for step in steps)
    return Outlook(tuple(view for view in views if view is not None))


def leaving(name: str, what: str) -> ChangeView:
    """Return what a run does with a thing that the files have no more."""
    return ChangeView(name, what, "delete", None, _WHOLE["delete"])


def _in_short(error: str) -> str:
    """Return an error's first line, and the first reason below it if it has several."""
    first, *others = without_engine_words(error).splitlines() or [error]
    first = first.rstrip(".:")
    reason = next((line for line in others if line and not line.startswith(" ")), "")
    return f"{first}: {reason}" if reason else first


def _change(step: Step, stored: StoredResource | None) -> ChangeView | None:
    what = KINDS.get(step.type.rpartition(":")[2])
    if what is None:
        return None
    if step.operation != "update":
        return ChangeView(step.name, what, step.operation, None, _WHOLE[step.operation])
    had = step.old.inputs if step.old is not None else None
    declared = _different(stored.inputs if stored is not None else None, step.inputs)
    observed = str((had or {}).get(_OBSERVED) or AS_DECLARED).partition("\n")[0]
    drifted = [name for name in _different(had, step.inputs) if name not in declared]
    is_seen = not observed.startswith(NOT_LOOKED_AT)
    if not is_seen and not declared:
        # Nobody knows how it is: that is told of its environment, and is no difference.
        return None
    has_drift = is_seen and (observed != AS_DECLARED or bool(drifted) or not declared)
    texts = [observed] if is_seen and observed != AS_DECLARED else []
    texts += _told([*declared, *(drifted if is_seen else ())])
    cause: Cause = "both" if has_drift and declared else "drift" if has_drift else "declared"
    return ChangeView(step.name, what, step.operation, cause, "; ".join(texts) or "differs from the files")


_WHOLE = {"create": "is not there yet", "replace": "is made anew", "delete": "is not in the files any more"}


def _different(had: StoredProperties | None, declared: StoredProperties | None) -> list[str]:
    """Return the names of inputs that differ from what is declared, as far as people know them."""
    if had is None or declared is None:
        return []
    names = {
        name for name in (*without_items(had), *without_items(declared)) if name != _OBSERVED and name not in _FOLLOWING
    }
    names -= {name for name in names if name.startswith("__") and name not in _WORDS}
    return sorted(
        name
        for name in names
        if not has_unknown(declared.get(name)) and _plain(whole(had.get(name))) != _plain(whole(declared.get(name)))
    )


def _plain(value: Any) -> Any:
    """Return a value without what the engine adds to it, and without what is empty, which may as well be left out."""
    if isinstance(value, Mapping):
        parts = {key: _plain(item) for key, item in value.items() if not str(key).startswith("__")}
        return {key: item for key, item in parts.items() if item is not None} or None
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value] or None
    return None if value == "" else value


def _told(names: Iterable[str]) -> list[str]:
    words = dict.fromkeys(_WORDS.get(name, name) for name in names if name not in _FOLLOWING)
    return [", ".join(words)] if words else []
