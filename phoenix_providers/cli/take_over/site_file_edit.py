"""Writing what is taken over into the site's files; all that stands there already stays as it is."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from phoenix_providers.errors import UsageError
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.file_content import FileContent
from phoenix_providers.models.files.yaml_reader import read_yaml
from phoenix_providers.models.guest import Container
from phoenix_providers.planning.file_editing.file_edits import Edit, Insertion, Setting, as_in_file, in_safe_order
from phoenix_providers.planning.file_editing.yaml_insertion import edited
from phoenix_providers.planning.file_editing.yaml_page import NotEditableError
from phoenix_providers.planning.file_editing.yaml_words import on_one_line
from phoenix_providers.planning.firewall.adoption import Adoption, as_declared

_MARK = "\ufeff"
_FIREWALL = "firewall"
_ON_TOP: tuple[str | int, ...] = ()


class _Addition(NamedTuple):
    """One edit of a file; its path is that of `Configuration.locate`, without the word for the file."""

    file: str
    edit: Edit


def keep_foreign(
    configuration: Configuration, adoptions: Iterable[Adoption], of_site: Iterable[Edit] = ()
) -> tuple[Path, ...]:
    """Write foreign hosts entries, rules and options into the files; return the files that changed.

    Args:
        configuration: What the files say.
        adoptions: What is taken over.
        of_site: More that is added to the site file.

    Raises:
        UsageError: A file cannot be added to without changing more of it; says what to add, and where. No file is
            written then.
    """
    by_file: dict[str, list[Edit]] = {}
    for item in adoptions:
        for addition in (*_entries(configuration, item), *_rules(item), *_options(configuration, item)):
            by_file.setdefault(addition.file, []).append(addition.edit)
    for edit in of_site:
        by_file.setdefault("site", []).append(edit)
    results = {}
    unwritable: list[tuple[str, str]] = []
    for name, edits in by_file.items():
        file = configuration.locate(name).file
        try:
            results[file] = _edited(file, configuration, name, edits)
        except NotEditableError as error:
            unwritable += [(str(error), _by_hand(configuration, name, edit)) for edit in edits]
    if unwritable:
        raise UsageError(
            "Existing entries, rules and options have to be named in the files, and some files are yours to edit: "
            + "; ".join(dict.fromkeys(reason for reason, _ in unwritable)),
            seen="\n            ".join(line for _, line in unwritable),
            expected="these in the files, or --drop-foreign",
            next_step="add them, then phoenix adopt",
        )
    for file, text in results.items():
        _write(file, text)
    return tuple(results)


def _entries(configuration: Configuration, item: Adoption) -> Iterator[_Addition]:
    if item.entries:
        entries = tuple({"address": entry.address, "hostnames": list(entry.names)} for entry in item.entries)
        # With one node a line that the user adds later shall stand where those of the take-over stand.
        several = bool(configuration.site.network.nodes)
        place = ("network", "nodes", item.scope.node, "static_hosts") if several else ("dns_server", "static_hosts")
        yield _Addition("site", Insertion(place, entries))


def _rules(item: Adoption) -> Iterator[_Addition]:
    places: dict[tuple[Any, ...], list[FileContent]] = {}
    for one in item.rules:
        places.setdefault((one.path, one.before), []).append(as_declared(one.rule))
    for (path, before), rules in places.items():
        yield _Addition(str(path[0]), Insertion(path[1:], tuple(rules), before))


def _options(configuration: Configuration, item: Adoption) -> Iterator[_Addition]:
    file, place = "site", _ON_TOP
    if item.scope.guest_id:
        guest = next(guest for guest in configuration.guests if guest.id == item.scope.guest_id)
        file, place = "lxcs" if isinstance(guest, Container) else "vms", guest.declared_at[1:]
    for field, value in item.options.items():
        yield _Addition(file, Setting((*place, _FIREWALL, field), value))


def _edited(file: Path, configuration: Configuration, name: str, edits: Iterable[Edit]) -> str:
    if file.suffix.lower() == ".json":
        raise NotEditableError("JSON has no room for additions")
    # Line breaks of Windows stay too.
    whole = file.read_bytes().decode("utf-8")
    text = whole.removeprefix(_MARK)
    data = read_yaml(text).data
    own = [_in_file(data, edit, old_spelling=name == "site" and configuration.old_spelling) for edit in edits]
    return whole[: len(whole) - len(text)] + edited(text, in_safe_order(own))


def _in_file(data: Any, edit: Edit, *, old_spelling: bool) -> Edit:
    """Return an edit with the path and index that its place has in the file."""
    path = edit.path
    if old_spelling and path[0] == _FIREWALL and not _is_on_top(data):
        path = ("shared_volumes", *path)
    if isinstance(edit, Setting):
        return Setting(as_in_file(data, path), edit.value)
    before = None if edit.before is None else int(as_in_file(data, (*path, edit.before))[-1])
    return Insertion(as_in_file(data, path), edit.items, before)


def _is_on_top(site: FileContent) -> bool:
    """Whether a file of the old spelling has its firewall at the top; the other place wins where both are used."""
    shared = site.get("shared_volumes")
    below = isinstance(shared, Mapping) and shared.get(_FIREWALL)
    return not below and site.get(_FIREWALL) is not None


def _by_hand(configuration: Configuration, name: str, edit: Edit) -> str:
    """Say where something has to be written, and what, in the words of the file."""
    is_json = configuration.locate(name).file.suffix.lower() == ".json"
    said: Callable[[Any], str] = partial(json.dumps, ensure_ascii=False) if is_json else on_one_line
    if isinstance(edit, Setting):
        return f"{configuration.locate(name, *edit.path[:-1])}, {said(str(edit.path[-1]))}: {said(edit.value)}"
    if edit.before is None:
        place = f"{configuration.locate(name, *edit.path)}, at the end of {edit.path[-1]}"
    else:
        place = f"{configuration.locate(name, *edit.path, edit.before)}, before this entry of {edit.path[-1]}"
    return f"{place}: {', '.join(map(said, edit.items))}"


def _write(file: Path, text: str) -> None:
    """Replace a file by its new text in one step; who may read it stays as it is."""
    target = file.resolve()
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.touch(mode=0o600)
    shutil.copymode(target, unfinished)
    unfinished.write_bytes(text.encode("utf-8"))
    os.replace(unfinished, target)
