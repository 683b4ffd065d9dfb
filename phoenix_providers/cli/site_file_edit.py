"""Writing what is taken over into the site's files, with their comments and order kept."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from phoenix_providers.errors import UsageError
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import Container
from phoenix_providers.planning.adoption import Adoption, as_declared

_WIDEST = 4096
_CONDITIONS = ("source", "dest", "proto", "port", "sport", "iface", "macro")


def keep_foreign(configuration: Configuration, adoptions: Iterable[Adoption]) -> tuple[Path, ...]:
    """Write foreign hosts entries, rules and options into the files; return the files that changed.

    Raises:
        UsageError: A file is JSON, which cannot be edited without losing its form; says what to add to it.
    """
    edits: dict[Path, list[tuple[str, Callable[[Any], None], Any]]] = {}
    for item in adoptions:
        for file, what, edit, content in _edits(configuration, item):
            edits.setdefault(file, []).append((what, edit, content))
    unwritable = [file for file in edits if file.suffix.lower() == ".json"]
    if unwritable:
        lines = [f"{file}, {what}: {content}" for file in unwritable for what, _, content in edits[file]]
        raise UsageError(
            "Existing entries, rules and options have to be named in the files, and JSON files are yours to edit",
            seen="\n            ".join(lines),
            expected="these in the files, or --drop-foreign",
            next_step="add them, then phoenix adopt",
        )
    for file, changes in edits.items():
        _rewrite(file, [edit for _, edit, _ in changes])
    return tuple(edits)


def _edits(configuration: Configuration, item: Adoption) -> list[tuple[Path, str, Callable[[Any], None], Any]]:
    site = configuration.locate("site").file
    edits: list[tuple[Path, str, Callable[[Any], None], Any]] = []
    if item.entries:
        entries = [{"address": entry.address, "hostnames": list(entry.names)} for entry in item.entries]
        # With one node a line that the user adds later shall stand where those of the take-over stand.
        several = bool(configuration.site.network.nodes)
        place = ("network", "nodes", item.scope.node, "static_hosts") if several else ("dns_server", "static_hosts")
        edits.append((site, ".".join(place), _extending(place, entries), entries))
    rules = [as_declared(rule) for rule in item.rules]
    if rules and item.scope.kind == "cluster":
        root = ("shared_volumes", "firewall") if configuration.old_spelling else ("firewall",)
        edits.append(
            (site, "global_firewall_rules", _inserting((*root, "global_firewall_rules"), rules), rules),
        )
    if item.options and item.scope.kind == "cluster":
        root = ("shared_volumes", "firewall") if configuration.old_spelling else ("firewall",)
        for field, value in item.options.items():
            edits.append((site, f"firewall.{field}", _setting((*root, field), value), json.dumps(value)))
    if (rules or item.options) and item.scope.guest_id:
        guest = next(guest for guest in configuration.guests if guest.id == item.scope.guest_id)
        name = "lxcs" if isinstance(guest, Container) else "vms"
        file = configuration.locate(name).file
        own = (*guest.declared_at[1:], "firewall")
        if rules:
            edits.append((file, f"firewall.rules of {guest.name}", _inserting((*own, "rules"), rules), rules))
        for field, value in item.options.items():
            edits.append((file, f"firewall.{field} of {guest.name}", _setting((*own, field), value), json.dumps(value)))
    return edits


def _extending(path: tuple[Any, ...], items: list[Any]) -> Callable[[Any], None]:
    def edit(document: Any) -> None:
        _within(_below(document, path[:-1]), path[-1], []).extend(items)

    return edit


def _inserting(path: tuple[Any, ...], rules: list[dict[str, Any]]) -> Callable[[Any], None]:
    """Add rules to a list, before one that drops all the rest: behind it none would count."""
    directions = {rule["type"] for rule in rules}

    def edit(document: Any) -> None:
        listed = _within(_below(document, path[:-1]), path[-1], [])
        last = (place for place, rule in enumerate(listed) if rule and _drops_the_rest(rule, directions))
        place = next(last, len(listed))
        for offset, rule in enumerate(rules):
            listed.insert(place + offset, rule)

    return edit


def _drops_the_rest(rule: Mapping[str, Any], directions: Collection[str]) -> bool:
    if rule.get("action", "ACCEPT") == "ACCEPT" or rule.get("type", "in") not in directions:
        return False
    switched_off = rule.get("enabled", rule.get("enable", True)) in (False, 0)
    return not switched_off and not any(rule.get(key) for key in _CONDITIONS)


def _setting(path: tuple[Any, ...], value: str | bool) -> Callable[[Any], None]:
    def edit(document: Any) -> None:
        _below(document, path[:-1])[path[-1]] = value

    return edit


def _below(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step] if isinstance(document, list) else _within(document, step, {})
    return document


def _within(document: Any, step: Any, otherwise: Any) -> Any:
    """Return what stands below a key, put there if the key is missing or, as in `firewall:`, has nothing behind it."""
    key = _key(document, step)
    if document.get(key) is None:
        document[key] = otherwise
    return document[key]


def _key(document: Mapping[Any, Any], step: Any) -> Any:
    """Return the key as the file has it: the number of a container may be a number or text."""
    return next((key for key in document if str(key) == str(step)), step)


def _rewrite(file: Path, edits: Iterable[Callable[[Any], None]]) -> None:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDEST
    text = file.read_text(encoding="utf-8")
    if any(line.startswith((" ", "\t")) and line.lstrip().startswith("- ") for line in text.splitlines()):
        yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(text)
    for edit in edits:
        edit(document)
    stream = io.StringIO()
    yaml.dump(document, stream)
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.write_text(stream.getvalue(), encoding="utf-8")
    os.replace(unfinished, file)
