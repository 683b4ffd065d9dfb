"""Putting labels and files into a compose file, keeping its comments and order.

A comment between two entries belongs, for the YAML library, to the entry before it. So new entries go in front of the
last one, not behind it, where they would come between a comment and what it speaks of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ruamel.yaml  # noqa: F401 - the package before its parts, see tests/program/test_imports.py
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.tag import Tag

from phoenix_providers.planning.compose.labels import split_label
from phoenix_providers.planning.compose.mounted_files import DIGEST_LABEL, MountedFile, digest
from phoenix_providers.planning.compose.reset_tags import is_reset
from phoenix_providers.planning.compose.usual_form import with_labels
from phoenix_providers.planning.compose.yaml_text import dump, load


def inject(text: str, labels: Mapping[str, Sequence[str]], files: Sequence[MountedFile], document: Any = None) -> str:
    """Return the text with these labels (`key=value`, by service) and files; unchanged when there are none.

    A `document` that has been loaded from the text already, with all that is needed to write it back, is used up;
    without it the text is loaded once more.
    """
    wanted = {name: list(entries) for name, entries in labels.items() if entries}
    for name in {name for file in files for name in file.services}:
        own = [file for file in files if name in file.services]
        wanted.setdefault(name, []).append(f"{DIGEST_LABEL}={digest(own)}")
    if not wanted:
        return text
    if not files and (written := with_labels(text, wanted)) is not None:
        return written
    document = document if isinstance(document, CommentedMap) else load(text)
    services = document["services"]
    for name in services:
        own = [file for file in files if name in file.services]
        if own:
            _add_mounts(_own_value(services[name], "configs", CommentedSeq), own)
        if name in wanted:
            _add_labels(_own_value(services[name], "labels", CommentedSeq), wanted[name])
    if files:
        _add_definitions(document, files)
    return dump(document, text)


def _own_value(service: CommentedMap, key: str, empty: type) -> Any:
    """Return a value that belongs to this service alone: shared ones (anchors, merges) are copied first."""
    own = {name for name, _ in service.non_merged_items()}
    if service.get(key) is None:
        value = empty()
    elif is_reset(service[key]):
        value = empty()
        if "extends" in service:
            # What is inherited stays away, as `!reset` had it.
            value.yaml_set_ctag(Tag(suffix="!override"))
    elif key in own and service[key].anchor.value is None:
        return service[key]
    else:
        value = _copied(service[key])
    if key in own:
        service[key] = value
    else:
        service.insert(min(1, max(0, len(own) - 1)), key, value)
    return value


def _copied(value: Any) -> Any:
    return CommentedMap(value.items()) if isinstance(value, dict) else CommentedSeq(value)


def _add_labels(labels: Any, entries: Iterable[str]) -> None:
    for entry in entries:
        key, value = split_label(entry)
        if isinstance(labels, dict):
            _set(labels, key, DoubleQuotedScalarString(value))
            continue
        texts = [split_label(str(item))[0] for item in labels]
        quoted = DoubleQuotedScalarString(f"{key}={value}")
        if key not in texts:
            _insert(labels, quoted)
        for index in (index for index, text in enumerate(texts) if text == key):
            # Compose takes the last of several.
            if str(labels[index]) != str(quoted):
                labels[index] = quoted


def _set(mapping: Any, key: str, value: Any) -> None:
    if key in mapping:
        current = mapping[key]
        if (str(current).lower() if isinstance(current, bool) else str(current)) != str(value):
            mapping[key] = value
    else:
        mapping.insert(max(0, len(mapping) - 1), key, value)


def _insert(items: CommentedSeq, value: Any) -> None:
    items.insert(len(items) - 1 if items.ca.items.get(len(items) - 1) else len(items), value)


def _add_mounts(configs: CommentedSeq, files: Iterable[MountedFile]) -> None:
    for file in files:
        _insert(configs, CommentedMap(source=file.name, target=DoubleQuotedScalarString(file.destination)))


def _add_definitions(document: CommentedMap, files: Iterable[MountedFile]) -> None:
    if document.get("configs") is None or is_reset(document["configs"]):
        document["configs"] = CommentedMap()
    for file in files:
        # Quoted, since a block would change line ends, trailing blanks and the like.
        document["configs"][file.name] = CommentedMap(content=DoubleQuotedScalarString(file.content))
