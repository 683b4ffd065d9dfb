"""What went wrong in a run: each of it once, with its next command, without the engine's words around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from phoenix_providers.cli.run_progress.engine_events import Said
from phoenix_providers.errors import labels

# The engine's own words for "it ended badly", and its name for what a provider refuses.
_WRAPPER = re.compile(r"^((update|preview|refresh|destroy) (failed|canceled)|resource (creation|update) failed)$")
_REFUSES = re.compile(r"^\S+ resource '[^']*' has a problem:\s*")
_CONTINUED = "  "
# A line, and those below it that are indented.
_BLOCK = re.compile(r"^\S?.*\n?(?:^\s+.*\n?)*", re.MULTILINE)


def is_failure(said: Said) -> bool:
    """Whether this is told at the end of a failing run; what continues it comes right behind it."""
    return said.severity == "error" or _has_label(without_engine_words(said.text))


def without_engine_words(text: str) -> str:
    """Leave out the engine's name for what a provider refuses."""
    return _REFUSES.sub("", text)


def failures(said: Iterable[Said]) -> tuple[str, ...]:
    """Return the texts, in order."""
    return tuple(_unrepeated(dict.fromkeys(text for text in _texts(said) if text)))


def remarks(said: Iterable[Said]) -> tuple[str, ...]:
    """Return all other texts, in order."""
    texts: dict[str, None] = {}
    follows = False
    for one in said:
        follows = is_failure(one) or (follows and _continues(one))
        if not follows:
            is_plain = one.severity == "info" or one.text.startswith(f"{one.severity}:")
            texts[one.text if is_plain else f"{one.severity}: {one.text}"] = None
    return tuple(texts)


def _unrepeated(texts: Iterable[str]) -> Iterator[str]:
    """Yield texts without what one before them has told already: the verdict names what a check has explained."""
    told: set[tuple[str, ...]] = set()
    for text in texts:
        blocks = [(block, _reason(block)) for block in _BLOCK.findall(text)]
        kept = [(block, reason) for block, reason in blocks if reason not in told]
        told |= {reason for _, reason in kept if len(reason) > 1}
        # Its heading says nothing alone.
        if len(kept) == len(blocks) or any(len(reason) > 1 for _, reason in kept):
            yield "\n".join(block.rstrip("\n") for block, _ in kept)


def _reason(block: str) -> tuple[str, ...]:
    """Return why something is wrong, whatever it is that is wrong, and all details."""
    head, *details = block.splitlines()
    return (head.rpartition(": ")[2], *details)


def _texts(said: Iterable[Said]) -> Iterator[str]:
    text: list[str] = []
    for one in said:
        if text and _continues(one):
            # What a provider prints comes line by line.
            text.append(one.text)
            continue
        yield "\n".join(text)
        text = [told] if is_failure(one) and (told := _told(one.text)) else []
    yield "\n".join(text)


def _told(text: str) -> str:
    lines = [without_engine_words(line) for line in text.splitlines()]
    return "\n".join(line for line in lines if line.strip() and not _WRAPPER.match(line.strip()))


def _continues(said: Said) -> bool:
    return said.severity == "info" and said.text.startswith(_CONTINUED)


def _has_label(text: str) -> bool:
    return any(text.startswith(f"{label}:") for label in labels())
