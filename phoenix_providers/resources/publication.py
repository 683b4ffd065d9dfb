"""Publishing a file in Traefik: judge, write, prove, and put the last one back if the proof fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from phoenix_providers.clients.delivery.same_place import leads_to_same_place
from phoenix_providers.errors import ConfigurationError, Explanation, ProductError, RevertedError, UnreachableError
from phoenix_providers.planning.config_faults import config_faults, shadowed
from phoenix_providers.planning.documents import to_document, to_text
from phoenix_providers.planning.partial_routes import Parts, held_back, owners_of
from phoenix_providers.planning.proof import Unproven
from phoenix_providers.planning.structure_faults import Fault, structure_faults
from phoenix_providers.planning.surroundings import Surroundings, names_of_ours
from phoenix_providers.resources.connections import Connections
from phoenix_providers.resources.traefik_file import PROOF_SECONDS, TraefikFile, loadable
from phoenix_providers.resources.traefik_surroundings import look_around

_LOOK_INTO_LOG = "look into Traefik's log"
Say = Callable[[str], None]


def publish(connections: Connections, wanted: Mapping[str, Any], say: Say) -> None:
    """Make the file's text live; unchanged text is not written again, so that Traefik does not reload.

    Raises:
        ConfigurationError: Traefik would not take some of it. Stacks without a mistake have their routes all the
            same, and those with one keep what they had.
        RevertedError: Traefik did not take some of it, which only Traefik could tell. The same holds then, or the
            previous file is back.
    """
    file, text, parts = TraefikFile.of(connections, wanted), str(wanted["text"]), wanted.get("parts") or {}
    around = look_around(file.name, file.delivery, file.api)
    faults = config_faults(to_document(text), around)
    if not faults:
        _run(file, text, parts, around, say)
        return
    owners = owners_of((fault.path for fault in faults), parts)
    for instead in _without(owners, parts, file.read(), around):
        _run(file, to_text(instead), parts, around, say)
        raise _refusal(f"{file.name} was written without what is new of {', '.join(sorted(owners))}", faults)
    raise _refusal(f"{file.name} was not written", faults)


def withdraw(connections: Connections, props: Mapping[str, Any], kept: str = "") -> None:
    """Remove the file and wait until Traefik has let its names go; those of the text `kept` may stay."""
    file = TraefikFile.of(connections, props)
    left = file.remove(names_of_ours(str(props.get("text", ""))), names_of_ours(kept))
    seen = ", ".join(map(str, left))
    if any(one.asked for one in left):
        what, expected = f"Traefik still has what {file.name} said, which is gone", "nothing of it"
        expected += file.broken_neighbours()
        raise ProductError(what, where=file.target, seen=seen, expected=expected, next_step=_LOOK_INTO_LOG)
    if left:
        what = f"{file.name} is gone, but it is not proven that Traefik has let go of what it said"
        raise UnreachableError(what, where=file.target, seen=seen, next_step="start Traefik, and run again")


def withdraw_from_old_place(
    connections: Connections, olds: Mapping[str, Any], news: Mapping[str, Any], say: Say
) -> None:
    """Remove the file where it was before, unless that is the same directory by another way.

    A machine that is gone for good is a reason to move: one that cannot be reached gets a warning, and is not asked
    again.
    """
    places = [connections.delivery(str(props["target"])) for props in (news, olds)]
    try:
        if olds["file"] != news["file"] or not leads_to_same_place(*places):
            withdraw(connections, olds, kept=str(news["text"]))
    except UnreachableError as error:
        reason = error.explanation
        say(
            f"warning: {olds['file']} may still count at the old place {olds['target']}, which will not be asked again"
            f" ({reason.what}: {reason.seen}); if Traefik runs there, remove the file by hand"
        )


def deviations(connections: Connections, props: Mapping[str, Any], text: str) -> tuple[str, ...]:
    """Return how the running Traefik differs from our file, in words; empty without an API."""
    file = TraefikFile.of(connections, props)
    if file.api is None:
        return ()
    document = to_document(text)
    if taken := shadowed(document, look_around(file.name, file.delivery, file.api)):
        return tuple(map(str, taken))
    return tuple(map(str, file.soon(document)))


def require_loadable(file: str, document: Mapping[str, Any]) -> None:
    """Raise unless Traefik could load the file by itself."""
    if faults := structure_faults(document):
        raise _refusal(f"{file} was not written", faults)


def _run(file: TraefikFile, text: str, parts: Parts, around: Surroundings, say: Say) -> None:
    previous = file.read()
    missing = file.replace(text, previous)
    if file.api is None:
        say(f"{file.name}: no phoenix:traefikApiUrl is set, so it is not proven that Traefik took the routes")
    if not missing:
        return
    seen = "; ".join(map(str, missing))
    expected = f"every router and service enabled within {PROOF_SECONDS:g} s" + file.broken_neighbours()
    if previous == text:
        what = f"Traefik does not have what {file.name} says; the file is as declared"
        raise ProductError(what, where=file.target, seen=seen, expected=expected, next_step=_LOOK_INTO_LOG)
    what, kind = _put_right(file, missing, previous, parts, around)
    raise kind(what, where=file.target, seen=seen, expected=expected, next_step=_LOOK_INTO_LOG)


def _put_right(
    file: TraefikFile, missing: tuple[Unproven, ...], previous: str | None, parts: Parts, around: Surroundings
) -> tuple[str, type[ProductError] | type[RevertedError]]:
    """Keep what Traefik has taken, or else put the previous file back; return what was done, and its kind of error."""
    owners = owners_of((one.path for one in missing), parts)
    for instead in _without(owners, parts, previous, around):
        if not file.replace(to_text(instead), file.read()):
            what = f"Traefik did not take what is new of {', '.join(sorted(owners))}"
            return f"{what}; {file.name} was written without it", RevertedError
    if loadable(previous) is None:
        what = f"Traefik did not take {file.name}; it stays, since the file before it could not be loaded at all"
        return what, ProductError
    return f"Traefik did not take {file.name}; {file.put_back(previous)}", RevertedError


def _without(
    owners: frozenset[str], parts: Parts, previous: str | None, around: Surroundings
) -> Iterator[Mapping[str, Any]]:
    """Yield what can be published without what is new of some owners; nothing if that would be nobody's."""
    if owners and len(owners) < len(parts):
        for instead in held_back(parts, owners, loadable(previous) or {}):
            if not config_faults(instead, around):
                yield instead


def _refusal(what: str, faults: tuple[Fault, ...]) -> ConfigurationError:
    reasons = tuple(Explanation(fault.reason, fault.path, "", fault.expected) for fault in faults)
    return ConfigurationError(f"{what}: Traefik would not take it", reasons)
