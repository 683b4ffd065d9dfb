"""Publishing a file in Traefik: judge, write, prove, and put the last one back if the proof fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from secrets import token_hex

from phoenix_providers.clients.delivery.same_place import leads_to_same_place
from phoenix_providers.errors import ConfigurationError, ProductError, RevertedError, UnreachableError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.traefik.file import LOOK_INTO_LOG, PROOF_SECONDS, TraefikFile
from phoenix_providers.operations.traefik.partial_publication import PartialPublication, Published
from phoenix_providers.operations.traefik.scripts_take_over import bring_back, set_aside, taken_over, without
from phoenix_providers.operations.traefik.surroundings import read_context
from phoenix_providers.planning.routes.config_faults import config_faults, shadowed
from phoenix_providers.planning.routes.names import Parts, RouteNames, names_in
from phoenix_providers.planning.routes.partial_routes import PartialRoutes, before_by_name
from phoenix_providers.planning.traefik.file_names import INFRASTRUCTURE_FILE, STACKS_FILE
from phoenix_providers.planning.traefik.file_refusal import causes
from phoenix_providers.planning.traefik.file_text import to_document, to_text
from phoenix_providers.planning.traefik.merge import merge_routes
from phoenix_providers.planning.traefik.scripts_file import ScriptsFile
from phoenix_providers.planning.traefik.structure_check import Fault, loadable, structure_faults
from phoenix_providers.planning.traefik.surroundings import names_of_ours

Say = Callable[[str], None]


def publish(connections: ClientsOfRun, wanted: StoredProperties, say: Say) -> None:
    """Make the text of a file that is one whole live; unchanged text is not written again, so that nothing is reloaded.

    Raises:
        ConfigurationError: Traefik would not take it; nothing was written.
        RevertedError: Traefik did not take it, which only Traefik could tell; the previous file is back.
    """
    file, text = TraefikFile.of(connections, wanted), str(wanted["text"])
    taken = taken_over(file.name, to_document(text), file.delivery)
    around = without(read_context(file.name, file.delivery, file.api), taken)
    if faults := config_faults(to_document(text), around):
        raise _refusal(f"{file.name} was not written", faults)
    if file.name == INFRASTRUCTURE_FILE:
        _make_room(connections, wanted, to_document(text))
    _run(file, text, say, taken)


def publish_parts(connections: ClientsOfRun, wanted: StoredProperties, before: Parts, say: Say) -> Published:
    """Make the routes of many owners live; what is wrong with one of them holds back that one alone.

    Args:
        connections: Ways to Traefik.
        wanted: The properties of a resource, with `parts`.
        before: What was published last, by owner; what the file says counts where nothing is known.
        say: What tells the user.

    Raises:
        ConfigurationError: Traefik would not take it, and that is nobody's fault.
        RevertedError: The same, and only Traefik could tell.
    """
    file, parts = TraefikFile.of(connections, wanted), wanted["parts"]
    previous, around = file.read(), read_context(file.name, file.delivery, file.api)
    reserved = frozenset((*kind, name) for kind, names in around.beside.items() for name in names)
    known = before or before_by_name(parts, loadable(previous) or {})
    others = frozenset(
        (*kind, name) for other in around.others for kind, names in other.names.items() for name in names
    )
    routes = PartialRoutes(parts, known, reserved, others)

    def judge(document: DynamicConfiguration) -> tuple[Fault, ...]:
        return config_faults(document, around)

    if faults := routes.judge(judge):
        raise _refusal(f"{file.name} was not written", faults)
    if file.api is None:
        say(_unproven(file))
    return PartialPublication(file, routes, judge, previous).run()


def withdraw(connections: ClientsOfRun, props: StoredProperties, kept: str = "") -> None:
    """Remove the file and wait until Traefik has let its names go; those of the text `kept` may stay."""
    file = TraefikFile.of(connections, props)
    left = file.remove(names_of_ours(str(props.get("text", ""))), names_of_ours(kept))
    seen = ", ".join(map(str, left))
    if any(one.asked for one in left):
        what, expected = f"Traefik still has what {file.name} said, which is gone", "nothing of it"
        expected += file.broken_neighbours()
        raise ProductError(what, where=file.target, seen=seen, expected=expected, next_step=LOOK_INTO_LOG)
    if left:
        what = f"{file.name} is gone, but it is not proven that Traefik has let go of what it said"
        raise UnreachableError(what, where=file.target, seen=seen, next_step="start Traefik, and run again")


def withdraw_from_old_place(
    connections: ClientsOfRun, olds: StoredProperties, news: StoredProperties, previous: str | None, say: Say
) -> None:
    """Remove the file where it was before, unless that is the same directory by another way.

    A machine that is gone for good is a reason to move: one that cannot be reached gets a warning, and is not asked
    again.

    Args:
        connections: Ways to Traefik.
        olds: Properties of the file as it was.
        news: The same as it is now, at the new place.
        previous: Text that was at the new place before; None if there was none.
        say: What tells the user.

    Raises:
        ProductError: Traefik does not load the file from the new place, which is as before.
    """
    if olds["target"] != news["target"]:
        _require_watched(connections, olds, news, previous)
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


def _require_watched(
    connections: ClientsOfRun, olds: StoredProperties, news: StoredProperties, previous: str | None
) -> None:
    """Prove that Traefik looks at the new place: what it has so far, it may have from the old one."""
    file, text = TraefikFile.of(connections, news), str(news["text"])
    if file.api is None:
        return
    seen = file.tried(to_document(text), f"phoenix-sync-proof-{token_hex(6)}", PROOF_SECONDS)
    missing = file.replace(text, file.read()) if seen is not None else ()
    if seen is None or missing:
        # Left there, it would be somebody else's file with our names, for example below the old place.
        if previous is None:
            file.delivery.remove(file.name)
        else:
            file.delivery.write(file.name, previous)
        raise ProductError(
            f"Traefik does not load {file.name} from its new place; it stays at the old one",
            where=file.target,
            seen="; ".join(map(str, missing)) or f"{PROOF_SECONDS:g} s after a write there Traefik has nothing of it",
            expected="the directory that Traefik's file provider watches" + file.broken_neighbours(),
            next_step=f"pulumi config set phoenix:traefikTarget {olds['target']}   (the old place), or let Traefik "
            "watch the new one; then run again",
        )


def deviations(connections: ClientsOfRun, props: StoredProperties, text: str) -> tuple[str, ...]:
    """Return how the running Traefik differs from our file, in words; empty without an API."""
    file = TraefikFile.of(connections, props)
    if file.api is None:
        return ()
    document = to_document(text)
    if taken := shadowed(document, read_context(file.name, file.delivery, file.api, is_look=True)):
        return tuple(map(str, taken))
    return tuple(map(str, file.soon(document)))


def require_loadable(file: str, document: DynamicConfiguration) -> None:
    """Raise unless Traefik could load the file by itself."""
    if faults := structure_faults(document):
        raise _refusal(f"{file} was not written", faults)


def _run(file: TraefikFile, text: str, say: Say, taken: Sequence[ScriptsFile] = ()) -> None:
    previous = file.read()
    if taken:
        # Ours comes first, so that every name is in one of the files at any time.
        file.delivery.write(file.name, text)
        set_aside(file.delivery, taken)
    missing = file.replace(text, text if taken else previous)
    if file.api is None:
        say(_unproven(file))
    if not missing:
        return
    seen = "; ".join(map(str, missing))
    expected = f"every router and service enabled within {PROOF_SECONDS:g} s" + file.broken_neighbours()
    kind: type[ProductError] | type[RevertedError] = ProductError
    if taken:
        bring_back(file.delivery, taken)
        names = ", ".join(one.name for one in taken)
        what, kind = f"Traefik did not take {file.name}; {names} is back, and {file.put_back(previous)}", RevertedError
    elif previous == text:
        what = f"Traefik does not have what {file.name} says; the file is as declared"
    elif loadable(previous) is None:
        what = f"Traefik did not take {file.name}; it stays, since the file before it could not be loaded at all"
    else:
        what, kind = f"Traefik did not take {file.name}; {file.put_back(previous)}", RevertedError
    raise kind(what, where=file.target, seen=seen, expected=expected, next_step=LOOK_INTO_LOG)


def _make_room(connections: ClientsOfRun, wanted: StoredProperties, document: DynamicConfiguration) -> None:
    """Give what our other file calls the same another name first: Traefik would take one of the two without a word.

    Raises:
        RevertedError: Traefik did not take the other name; everything is as before.
    """
    other = TraefikFile.of(connections, {**wanted, "file": STACKS_FILE})
    previous = other.read()
    live, names = loadable(previous) or {}, RouteNames()
    if not set(names_in(live)) & set(names_in(document)):
        return
    names.reserve(document)
    _run(other, to_text(merge_routes([names.settle(live, "@stacks")])), lambda _: None)


def _unproven(file: TraefikFile) -> str:
    return f"{file.name}: no phoenix:traefikApiUrl is set, so it is not proven that Traefik took the routes"


def _refusal(what: str, faults: tuple[Fault, ...]) -> ConfigurationError:
    return ConfigurationError(f"{what}: Traefik would not take it", causes(faults))
