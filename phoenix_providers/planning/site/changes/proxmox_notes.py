"""What is said of changes on Proxmox: names, rules and options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.location import Location
from phoenix_providers.planning.proxmox.api_words import rule_text
from phoenix_providers.planning.proxmox.plugin_words import from_plugin
from phoenix_providers.planning.site.changes.change import Action, Note
from phoenix_providers.planning.site.changes.resource_change import ResourceChange
from phoenix_providers.planning.site_plan import SitePlan

# A list that is longer is told by its length: `--diff` shows all of it.
_MOST = 8


def record_notes(change: ResourceChange, plan: SitePlan) -> Iterator[Note]:
    """Yield names that come, go or lead elsewhere, of a hosts file or of a DNS server's records."""
    places = {record.hostname: record.place for record in plan.dns}
    had, has = _names(change.live), _names(change.declared)
    yield from _few(_name_notes(had, has, places), "names")


def resolver_notes(change: ResourceChange) -> Iterator[Note]:
    """Yield in what a node resolves otherwise."""
    for key, word in (("domain", "domain"), ("servers", "servers")):
        before, after = (_joined(side.get(key)) for side in (change.live, change.declared))
        if before != after:
            yield Note(_becomes(change, word, before or "none", after or "none"))


def rule_notes(change: ResourceChange, places: Sequence[Location]) -> Iterator[Note]:
    """Yield rules that come and go.

    Args:
        change: Of a list of rules.
        places: Where each declared rule stands in the files; none if that is not known.
    """
    had = [rule_line(one) for one in change.live.get("rules") or ()]
    has = [rule_line(one) for one in change.declared.get("rules") or ()]
    known = dict(zip(has, places, strict=True)) if len(has) == len(places) else {}
    gone, new = Counter(had) - Counter(has), Counter(has) - Counter(had)
    notes = [
        *(Note(f"- {text}") for text in gone.elements()),
        *(Note(f"+ {text}", known.get(text)) for text in new.elements()),
    ]
    if not notes and had != has:
        notes = [Note("the same rules in another order")]
    yield from _few(notes, "rules")


def option_notes(change: ResourceChange) -> Iterator[Note]:
    """Yield options that become other ones."""
    had, has = (dict(side.get("options") or {}) for side in (change.live, change.declared))
    for key in sorted({*had, *has}):
        if str(had.get(key, "")) != str(has.get(key, "")):
            yield Note(_becomes(change, key, str(had.get(key, "not set")), str(has.get(key, "not set"))))


def _becomes(change: ResourceChange, word: str, before: str, after: str) -> str:
    """Say what it was and what it becomes; what is not ours yet nobody has read."""
    return f"{word} {after}" if change.action is Action.MAKE else f"{word} {before} → {after}"


def _name_notes(
    had: Mapping[str, str], has: Mapping[str, str], places: Mapping[str, Location | None]
) -> Iterator[Note]:
    for name in sorted(had.keys() - has.keys()):
        yield Note(f"- {name} → {had[name]}")
    for name in sorted(has.keys() - had.keys()):
        yield Note(f"+ {name} → {has[name]}", places.get(name))
    for name in sorted(had.keys() & has.keys()):
        if had[name] != has[name]:
            yield Note(f"{name} leads to {has[name]} instead of {had[name]}", places.get(name))


def _names(side: StoredProperties) -> dict[str, str]:
    if isinstance(side.get("records"), Mapping):
        return {str(name): str(address) for name, address in side["records"].items()}
    return {
        str(name): str(entry.get("address"))
        for entry in side.get("entry") or side.get("entries") or ()
        for name in entry.get("hostnames") or ()
    }


def rule_line(rule: StoredProperties) -> str:
    """Return a rule of a list of rules, in whoever's words, in one line."""
    return rule_text(from_plugin(rule) if "enabled" in rule else dict(rule))


def _few(notes: Iterable[Note], what: str) -> Iterator[Note]:
    found = list(notes)
    yield from found[:_MOST]
    if len(found) > _MOST:
        yield Note(f"… and {len(found) - _MOST} more {what}")


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
