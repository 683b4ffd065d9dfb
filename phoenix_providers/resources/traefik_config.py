"""One of our two files in Traefik's directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.errors import ProductError
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.run_scope import is_meant
from phoenix_providers.planning.firewall.question import FirewallQuestion
from phoenix_providers.planning.routes.changed_routes import changed_routes
from phoenix_providers.planning.routes.declared_routes import DeclaredRoutes
from phoenix_providers.planning.routes.names import Name, names_in, settled_parts
from phoenix_providers.planning.routes.partial_routes import PartialRoutes
from phoenix_providers.planning.routes.refused_routes import Refusal, told_refusal
from phoenix_providers.planning.routes.route_checks import WHOLE
from phoenix_providers.planning.routes.route_following import RouteFollowing
from phoenix_providers.planning.traefik.file_text import UnreadableDocumentError, to_document, to_text
from phoenix_providers.planning.traefik.line_by_line import plain, shown
from phoenix_providers.planning.traefik.merge import merge_routes
from phoenix_providers.planning.traefik.structure_check import Fault
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    AS_DECLARED,
    CreateResult,
    DiffResult,
    PhoenixProvider,
    Properties,
    ReadResult,
    UpdateResult,
    differs,
    has_unknown,
    told,
    unless_unknown,
    without_provider_key,
)
from phoenix_providers.resources.scoped_question import take_question
from phoenix_providers.resources.shown_items import in_one_line, item

# The engine does not show properties of such a name: what is in the parts is shown as text already.
PARTS = "__parts"
FOLLOW = "__follow"
# Owners whose routes were in the file before the state knew of them, and who have not brought them themselves yet.
_FOUND = "__found"
_COMPARED = ("target", "api", "file", "observed")
_COMPUTED = ("unanswered", "refused")
# The only origin of a file that is published as a whole or not at all.
_INFRASTRUCTURE = "traefik-infrastructure"
# In the preview of a full run, once for all.
_TOLD_BY_THE_GATE = ".entryPoints"


class TraefikConfigProvider(PhoenixProvider):
    """Writes the file in one step, proves it through Traefik's API, and puts the last one back if that fails."""

    stored_once = (FOLLOW,)
    stored_as_text = (PARTS, FOLLOW)
    shown_by_items = ("text",)

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Derive the text, so that previews show it; a stack of unknown health is taken to get healthy."""
        from phoenix_providers.operations.proxmox.scoped_firewall import foretell
        from phoenix_providers.operations.traefik.first_look import standing_parts
        from phoenix_providers.operations.traefik.publication import require_loadable
        from phoenix_providers.operations.traefik.routes_ahead import routes_ahead
        from phoenix_providers.operations.traefik.scripts_take_over import foresee

        inputs = without_provider_key(news)
        take_question(inputs)
        before = olds.get(PARTS) or {}
        kept, expected, said = (unless_unknown(inputs.pop(key, {}), {}) for key in ("kept", "expected", "declared"))
        declared = {name: DeclaredRoutes.from_input(one) for name, one in said.items() if not has_unknown(one)}
        beside, places, former = (
            unless_unknown(inputs.pop(key, ""), "") or {} for key in ("beside", "places", "former")
        )
        preview = bool(inputs.pop("preview", False))
        # Another directory may have files of another site.
        target = olds.get("target")
        moved = bool(target) and unless_unknown(news.get("target"), None) not in {None, target}
        wanted = unless_unknown(news[PARTS], expected)
        if WHOLE in wanted:
            parts = wanted
            document = merge_routes(_known(part, expected.get(name)) for name, part in parts.items())
            require_loadable(str(news.get("file", "")), document)
            is_new = not olds or (preview and plain(str(olds.get("text") or "")) != to_text(document))
            if is_new and is_meant(_INFRASTRUCTURE) and (ways := clients_of_run.opened()) is not None:
                foresee(ways, *_place(inputs), document)
            if (not olds or moved) and is_meant(_INFRASTRUCTURE):
                standing_parts(clients_of_run.opened(), _place(inputs), declared)
        else:
            if not olds or moved:
                standing = standing_parts(clients_of_run.opened(), _place(inputs), declared)
                before = before if olds else standing
            found = {
                name: before[name]
                for name in (before if not olds else olds.get(_FOUND) or ())
                if name in before
                and name in declared
                and declared[name].stays
                and not _known(wanted.get(name, {}), expected.get(name))
            }
            wanted = {**wanted, **found}
            inputs |= {_FOUND: sorted(found)} if found else {}
            # A run for one stack leaves all others as they are, those that are declared no more as well.
            # What leaves keeps its routes as well, while what takes its place does not run.
            kept = {*(kept or ()), *clients_of_run.notes().staying()}
            # So whoever waits for the firewall brings no new ones.
            waiting = {name: before.get(name) or {} for name in wanted if clients_of_run.notes().waited_for(name)}
            wanted = {**wanted, **waiting}
            # Who has a new name is no other.
            others = before.keys() - {old for new, old in former.items() if new in wanted}
            parts = wanted | {name: before[name] for name in sorted(others) if name in kept or not is_meant(name)}
            known = {name: _known(part, expected.get(name)) for name, part in parts.items()}
            settled = settled_parts(known, before, _names(beside))
            parts = {name: part if has_unknown(part) else settled[name] for name, part in parts.items()}
            routes = PartialRoutes(settled, before)
            if preview and routes.changed:
                # Not known before its first run.
                other = _document(beside) if beside else (declared[WHOLE].routes if WHOLE in declared else {})
                routes = routes_ahead(clients_of_run.opened(), routes, _place(inputs), other)
            else:
                routes.judge()
            _foretell(routes.told, places, _TOLD_BY_THE_GATE if preview else "")
            document = routes.document
            foretell(clients_of_run.opened())
        carried = parts if isinstance(news[PARTS], Mapping) else news[PARTS]
        told = {"text": shown(to_text(document), olds.get("text"))} | _items(document)
        return CheckResult(inputs | {PARTS: carried} | told, [])

    def create(self, props: Properties) -> CreateResult:
        """Write the file; one of ours from before is simply replaced."""
        from phoenix_providers.operations.traefik.first_look import refuse_unseen

        with _naming_the_firewall():
            refuse_unseen(clients_of_run.current(), props)
            return CreateResult(str(props["file"]), _published({}, props))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Read the file, and ask Traefik whether it has it; silence leaves everything as it was, marked."""
        from phoenix_providers.operations.traefik.publication import deviations

        kept = without_provider_key(props)
        declared = plain(str(props.get("text") or ""))
        try:
            text = clients_of_run.current().delivery(str(props["target"])).read(str(props["file"]))
            kept |= {"text": shown(text or "", str(props.get("text") or "")), "observed": AS_DECLARED}
            if text is not None and text == declared:
                kept["observed"] = "; ".join(deviations(clients_of_run.current(), props, text)) or AS_DECLARED
        except ProductError as error:
            kept["observed"] = told(error)
        inputs = {key: value for key, value in kept.items() if key not in _COMPUTED}
        return ReadResult(id_, kept, inputs | _items_of(plain(str(kept.get("text") or ""))))

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare texts; a stack that demands an answer is asked again when it was deployed, or had none."""
        texts = [plain(str(props.get("text") or "")) for props in (olds, news)]
        followed = olds.get(FOLLOW) or {}, news.get(FOLLOW) or {}
        follow = bool(olds.get("unanswered")) or differs(followed[0], followed[1], ("demanding", "deployed"))
        refused = any(map(is_meant, unless_unknown(olds.get("refused"), {}) or {}))
        # Who makes room for another has withdrawn its routes, and the other's may look the same.
        owners = [set(unless_unknown(props.get(PARTS), None) or ()) for props in (olds, news)]
        withdrawn = WHOLE not in owners[1] and clients_of_run.notes().withdrawn
        changes = texts[0] != texts[1] or owners[0] != owners[1] or follow or refused or withdrawn
        return DiffResult(changes=changes or differs(olds, news, _COMPARED))

    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Write the file; a file that moved is withdrawn from the old place."""
        from phoenix_providers.operations.traefik.publication import withdraw_from_old_place
        from phoenix_providers.operations.traefik.surroundings import to_the_user

        moved = (olds["target"], olds["file"]) != (news["target"], news["file"])
        with _naming_the_firewall():
            delivery = clients_of_run.current().delivery(str(news["target"]))
            previous = delivery.read(str(news["file"])) if moved else None
            result = _published(olds, news)
        if moved:
            withdraw_from_old_place(clients_of_run.current(), _wanted(olds), _wanted(result), previous, to_the_user)
        return UpdateResult(result)

    def delete(self, _id: str, props: Properties) -> None:
        """Remove the file and prove that its routes are gone."""
        from phoenix_providers.operations.traefik.publication import withdraw

        withdraw(clients_of_run.current(), _wanted(props))


class TraefikConfig(PhoenixResource, module="phoenix", name="TraefikConfig"):
    """Dynamic configuration of Traefik in one file.

    Args:
        name: Resource name.
        target: Where Traefik's directory is.
        api: URL of Traefik's API, or "": then nothing can be proven.
        file: File name.
        parts: Dynamic configuration by origin (`infrastructure`, or a stack's resource name); merged by name.
        kept: Origins whose last part stays, since nobody can say now what it should be.
        expected: What previews take for a part that is not known yet.
        beside: Text of our other file, whose names count before those of this one.
        places: Where labels stand (`file:line`) by their keys, by origin.
        former: What origins were called before, by the present name.
        declared: What the site's files say, by origin, also of who is blocked or held. A
            first run knows by it whose the routes are that stand in the file: those of who `stays` go on until it
            brings its own, and those of nobody are refused (see `first_look`).
        follow: How to follow routes from DNS to their back ends once they are published (see `route_following`);
            None means not at all.
        firewall: What a run for some targets asks of the firewall (see `scoped_firewall`).
        opts: Options for the engine.

    Attributes:
        text: The text of the file.
        unanswered: Reason by origin, for those that demand an answer to their routes and have none.
        refused: What keeps new routes from being published, by origin, as `Refusal` says it. In outputs, `text`
            and the parts are what was published instead.
    """

    text: pulumi.Output[str]
    unanswered: pulumi.Output[Any]
    refused: pulumi.Output[Any]

    def __init__(
        self,
        name: str,
        target: str,
        api: str,
        file: str,
        parts: Mapping[str, pulumi.Input[Any]],
        kept: Iterable[str] = (),
        expected: Mapping[str, Any] | None = None,
        beside: pulumi.Input[str] = "",
        places: Mapping[str, Mapping[str, str]] | None = None,
        former: Mapping[str, str] | None = None,
        declared: Mapping[str, DeclaredRoutes] | None = None,
        follow: RouteFollowing | None = None,
        firewall: FirewallQuestion | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs: Properties = {
            "target": target,
            "api": api,
            "file": file,
            PARTS: dict(parts),
            "kept": sorted(kept),
            "expected": dict(expected or {}),
            "beside": beside,
            "former": dict(former or {}),
            "declared": {name: one.as_input() for name, one in (declared or {}).items()},
            "preview": pulumi.runtime.is_dry_run(),
            "places": dict(places or {}),
            "text": None,
            FOLLOW: follow.as_input() if follow else {},
            **({"firewall": firewall.to_targets()} if firewall else {}),
            **dict.fromkeys(_COMPUTED),
            "observed": AS_DECLARED,
        }
        super().__init__(TraefikConfigProvider(), name, inputs, opts)


def _naming_the_firewall() -> AbstractContextManager[None]:
    from phoenix_providers.operations.proxmox.scoped_firewall import naming_the_firewall

    return naming_the_firewall(clients_of_run.current(), "traefik-api", "traefik-target")


def _document(text: Any) -> DynamicConfiguration:
    return to_document(plain(str(text or "")))


def _items(document: DynamicConfiguration) -> Properties:
    """Return each router, service and so on in words."""
    return {
        item((section, kind.removesuffix("s"), name)): in_one_line(one)
        for section, kinds in document.items()
        for kind, several in kinds.items()
        for name, one in (several.items() if isinstance(several, Mapping) else [("", several)])
    }


def _items_of(text: str) -> Properties:
    """Return the same of a text that somebody else may have written."""
    try:
        return _items(to_document(text))
    except (AttributeError, UnreadableDocumentError):
        return {}


def _names(text: Any) -> frozenset[Name]:
    """Return what our other file defines; that is not known before its first run."""
    return frozenset() if has_unknown(text) else frozenset(names_in(_document(text)))


def _place(inputs: Properties) -> tuple[str, str, str]:
    """Return the file, its directory and Traefik's API; "" for what is not known."""
    file, target, api = (str(unless_unknown(inputs.get(key), "") or "") for key in ("file", "target", "api"))
    return file, target, api


def _foretell(
    reasons: Mapping[str, Iterable[Fault]], places: Mapping[str, Mapping[str, str]], told_already: str
) -> None:
    """Say before anything is written what will not be published, as far as it can be seen from here."""
    from phoenix_providers.operations.traefik.surroundings import to_the_user

    ways = clients_of_run.opened()
    whole_run = ways is not None and ways.notes.whole_run
    for owner, several in reasons.items():
        faults = [one for one in several if not (whole_run and told_already and one.path.endswith(told_already))]
        if faults and is_meant(owner):
            text = told_refusal(
                owner, Refusal(tuple(faults), by_traefik=False), unless_unknown(places.get(owner), {}) or {}
            )
            held = not all(fault.in_force for fault in faults)
            to_the_user(f"{text}\nso the new routes of {owner} are held back" if held else f"warning: {owner}: {text}")


def _known(part: Any, expected: Any) -> Any:
    return part if not has_unknown(part) else {} if has_unknown(expected) else expected or {}


def _wanted(props: Properties) -> Properties:
    """Return the properties with the plain text, as publishing takes them."""
    return without_provider_key(props) | {"text": plain(str(props.get("text") or "")), "parts": props.get(PARTS) or {}}


def _demanding(props: Properties) -> set[str]:
    return set(_following(props).demanding or ())


def _following(props: Properties) -> RouteFollowing:
    return RouteFollowing.from_input(props.get(FOLLOW) or {})


def _published(olds: Properties, news: Properties) -> Properties:
    from phoenix_providers.operations.traefik.publication import publish, publish_parts
    from phoenix_providers.operations.traefik.surroundings import to_the_user

    wanted = _wanted(news)
    if WHOLE in news[PARTS]:
        publish(clients_of_run.current(), wanted, to_the_user)
        return without_provider_key(news) | {"unanswered": _unanswered(olds, news), "refused": {}}
    published = publish_parts(clients_of_run.current(), wanted, olds.get(PARTS) or {}, to_the_user)
    # Who is not meant was not looked at anew.
    refused = {
        owner: told
        for owner, told in (olds.get("refused") or {}).items()
        if owner in news[PARTS] and not is_meant(owner)
    }
    for owner, faults in published.refused.items():
        refused[owner] = Refusal(tuple(faults), by_traefik=owner in published.judged_by_traefik).as_output()
    result = without_provider_key(news) | {PARTS: published.parts, "refused": refused}
    if published.text != wanted["text"]:
        result["text"] = shown(published.text, olds.get("text"))
    return result | {"unanswered": _unanswered(olds, result)}


def _unanswered(olds: Properties, news: Properties) -> dict[str, str]:
    """Follow the routes that are new, and those of stacks that demand an answer."""
    from phoenix_providers.operations.traefik.route_following import unanswered
    from phoenix_providers.operations.traefik.surroundings import to_the_user

    if not (news.get("api") and news.get(FOLLOW)):
        return {}
    before = olds.get(PARTS) or {}
    if WHOLE in news[PARTS]:
        changed = {WHOLE: changed_routes(news[PARTS][WHOLE], before.get(WHOLE) or {})}
        return unanswered(clients_of_run.current(), str(news["api"]), _following(news), changed, to_the_user)
    parts = {name: part for name, part in news[PARTS].items() if name in _demanding(news) or part != before.get(name)}
    return unanswered(clients_of_run.current(), str(news["api"]), _following(news), parts, to_the_user)
