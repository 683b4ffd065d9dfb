"""All changes of a run, in the words of people and in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.location import Location
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.site.changes.change import Action, Change, Note, SiteChanges, TextChange
from phoenix_providers.planning.site.changes.proxmox_notes import (
    option_notes,
    record_notes,
    resolver_notes,
    rule_line,
    rule_notes,
)
from phoenix_providers.planning.site.changes.resource_change import ResourceChange
from phoenix_providers.planning.site.changes.routes import has_same_routes, route_notes
from phoenix_providers.planning.site.changes.stack_notes import container_notes, content_notes
from phoenix_providers.planning.site_plan import SitePlan
from phoenix_providers.planning.stacks.forecast.stack_forecast import Sending, StackForecast
from phoenix_providers.planning.traefik.file_names import STACKS_FILE

STACK = "PortainerStack"
_ENVIRONMENT, _REGISTRY, _ROUTES = "PortainerEndpoint", "PortainerRegistry", "TraefikConfig"
_CLUSTER, _RULES = "cluster", "RulesLegacy"
_FIREWALL_STEP, _GUEST_ROUTES_STEP, _PORTAINER_STEP, _STACK_ROUTES_STEP = 4, 5, 6, 7
# Things of the firewall and of DNS; what else is declared for Proxmox watches over these and is none itself.
PROXMOX_TITLES: Mapping[str, str] = {
    "HostsLegacy": "names of {}",
    "DnsLegacy": "resolver of {}",
    "DnsmasqRecords": "DNS names",
    _RULES: "firewall rules of {}",
    "FirewallOptions": "firewall options of {}",
    "FirewallName": "firewall name {}",
    "ClosingRules": "firewall rules of {}, the closing ones",
    "IcmpTypes": "firewall rules of {}, their ICMP types",
}
_OF_LISTS = frozenset({"ClosingRules", "IcmpTypes"})
THINGS = frozenset({STACK, _ENVIRONMENT, _REGISTRY, _ROUTES, *PROXMOX_TITLES})


def site_changes(
    resources: Iterable[ResourceChange],
    unchanged: Iterable[str],
    forecasts: Mapping[str, StackForecast],
    configuration: Configuration,
    plan: SitePlan,
    redact: Callable[[str], str],
    staying: Mapping[str, Sequence[str]] | None = None,
) -> SiteChanges:
    """Return what a run would change.

    Args:
        resources: What the engine would do.
        unchanged: Kinds of all resources that stay as they are.
        forecasts: What becomes of each stack that changes or goes, by its name.
        configuration: What the files say.
        plan: What follows from them.
        redact: Takes secrets out of a text.
        staying: Stacks that leave and have to stay for now, each with what has to be reached before.
    """
    resources = list(resources)
    teller = _Teller(forecasts, configuration, plan, staying or {})
    changes = [_redacted(teller.change(one), redact) for one in resources if one.kind in THINGS]
    # Routes of stacks that change are told with them, and what only mends a list with the list.
    lists = {one.suffix for one in resources if one.kind == _RULES}
    beside = {one.name for one in resources if one.kind in _OF_LISTS and one.suffix in lists}
    shown = [one for one in changes if (one.notes or one.forecast) and one.name not in beside]
    own = len(resources) - len(shown)
    return SiteChanges(
        tuple(sorted(shown, key=_order)), sum(kind in THINGS for kind in unchanged), own_notes=max(own, 0)
    )


def _order(change: Change) -> tuple[bool, int, int, str]:
    return change.action is not Action.REMOVE, change.step, change.vmid, change.name


def _redacted(change: Change, redact: Callable[[str], str]) -> Change:
    return replace(
        change,
        title=redact(change.title),
        notes=tuple(Note(redact(note.text), note.place) for note in change.notes),
        effects=tuple(map(redact, change.effects)),
        forecast=_redacted_forecast(change.forecast, redact) if change.forecast is not None else None,
        texts=tuple(TextChange(one.title, redact(one.before), redact(one.after)) for one in change.texts),
    )


def _redacted_forecast(forecast: StackForecast, redact: Callable[[str], str]) -> StackForecast:
    containers = tuple(replace(one, why=redact(one.why)) for one in forecast.containers)
    return replace(forecast, containers=containers, why=tuple(map(redact, forecast.why)))


class _Teller:
    """Says what is to be said of one resource."""

    def __init__(
        self,
        forecasts: Mapping[str, StackForecast],
        configuration: Configuration,
        plan: SitePlan,
        staying: Mapping[str, Sequence[str]],
    ) -> None:
        self._forecasts = forecasts
        self._configuration = configuration
        self._plan = plan
        self._staying = staying
        self._guests = {number: f"{name} ({number})" for number, name in configuration.guest_names.items()}

    def change(self, one: ResourceChange) -> Change:
        if one.kind == STACK:
            return self._stack(one)
        if one.kind == _ROUTES:
            return self._routes(one)
        if one.kind == _ENVIRONMENT:
            return self._environment(one)
        if one.kind == _REGISTRY:
            return self._thing(one, _PORTAINER_STEP, f"registry {one.suffix}", self._fields(one))
        title = PROXMOX_TITLES[one.kind].format(self._where(one))
        return self._thing(one, _FIREWALL_STEP, title, self._proxmox(one), self._texts_of_proxmox(one))

    def _stack(self, one: ResourceChange) -> Change:
        if missing := self._staying.get(one.name):
            until = f"is not declared any more, and stays as it is until {', '.join(missing)} can be reached"
            return replace(self._thing(one, _PORTAINER_STEP, one.name, [Note(until)]), action=Action.CHANGE)
        forecast = self._forecasts.get(one.name)
        notes: list[Note] = []
        if one.action is Action.REMOVE:
            notes.append(Note("removed", self._listed(one)))
        elif one.action is Action.MAKE:
            notes.append(Note("new", self._listed(one)))
        else:
            notes += content_notes(one, self._configuration)
            if forecast is not None and not notes:
                notes += _drift_notes(forecast)
        if not notes and (failure := str(one.live.get("failure") or "")):
            notes.append(Note(f"tried again; it failed: {failure.partition(chr(10))[0]}"))
        if not notes and one.action is Action.CHANGE:
            notes.append(Note("is looked at until it is healthy"))
        before = one.live.get("live_routes") or {}
        after = {} if one.action is Action.REMOVE else one.declared.get("routes") or {}
        effects = [*(container_notes(forecast) if forecast is not None else ()), *_route_notes(before, after)]
        texts = (TextChange(f"{one.name}: compose text", _text(one.live), _text(one.declared)),)
        changed = self._thing(one, _PORTAINER_STEP, one.name, notes, texts)
        return replace(changed, effects=tuple(effects), forecast=forecast)

    def _routes(self, one: ResourceChange) -> Change:
        is_of_stacks = one.declared.get("file") == STACKS_FILE or one.name == "traefik-stacks"
        title = "routes of stacks" if is_of_stacks else "routes of guests"
        step = _STACK_ROUTES_STEP if is_of_stacks else _GUEST_ROUTES_STEP
        before, after = (one.live.get("document") or {}, one.declared.get("document") or {})
        told = [Note(text) for text in route_notes(before, after)]
        if is_of_stacks and not one.is_drift:
            # Each of them is told with its stack.
            told = []
        if one.is_drift and not told and _file(one.live) != _file(one.declared):
            told = [Note("its file was changed by somebody else, and is put back")]
        if one.action is Action.MAKE and not told:
            told = [Note("its file is written for the first time")]
        texts = (TextChange(title, _file(one.live), _file(one.declared)),)
        return self._thing(one, step, title, told, texts if told else ())

    def _environment(self, one: ResourceChange) -> Change:
        name = str((one.declared or one.live).get("environment") or "")
        title = f"environment {name} on {self._where(one)}"
        notes = self._fields(one, ("environment", "name"), ("url", "URL"))
        failure = str(one.live.get("failure") or "")
        if not notes and failure:
            notes = [Note(f"tried again; it failed: {failure.partition(chr(10))[0]}")]
        observed = str(one.live.get("observed") or "")
        if not notes and one.is_drift and observed:
            # Of what does not answer nobody knows how it is.
            is_silent = "does not answer" in observed
            said = observed.partition(chr(10))[0]
            notes = [Note(f"{said} now; a run looks again" if is_silent else f"{said} → put right")]
        return self._thing(one, _PORTAINER_STEP, title, notes)

    def _proxmox(self, one: ResourceChange) -> list[Note]:
        if one.kind in {"HostsLegacy", "DnsmasqRecords"}:
            return list(record_notes(one, self._plan))
        if one.kind == "DnsLegacy":
            return list(resolver_notes(one))
        if one.kind == _RULES:
            return list(rule_notes(one, self._rule_places(one)))
        if one.kind == "FirewallOptions":
            return list(option_notes(one))
        return self._fields(one) or ([Note("put right")] if one.action is Action.CHANGE else [])

    def _thing(
        self,
        one: ResourceChange,
        step: int,
        title: str,
        notes: Sequence[Note],
        texts: tuple[TextChange, ...] = (),
    ) -> Change:
        if not notes and one.action is not Action.CHANGE:
            notes = [Note("new" if one.action is Action.MAKE else "removed")]
        # Of what comes or goes as a whole there is nothing to compare.
        compared = tuple(text for text in texts if text.before and text.after and text.before != text.after)
        return Change(step, one.vmid, one.action, one.name, title, tuple(notes), is_drift=one.is_drift, texts=compared)

    def _fields(self, one: ResourceChange, *keys: tuple[str, str]) -> list[Note]:
        """Say which short texts become other ones."""
        if one.action is not Action.CHANGE:
            return []
        chosen = keys or tuple((key, key) for key, value in one.declared.items() if isinstance(value, str))
        return [
            Note(f"{word} {one.live.get(key) or 'none'} → {one.declared.get(key) or 'none'}")
            for key, word in chosen
            if not key.startswith("__") and str(one.live.get(key) or "") != str(one.declared.get(key) or "")
        ]

    def _texts_of_proxmox(self, one: ResourceChange) -> tuple[TextChange, ...]:
        if one.kind != _RULES:
            return ()
        before, after = ("\n".join(map(rule_line, side.get("rules") or ())) for side in (one.live, one.declared))
        return (TextChange(f"rules of {self._where(one)}", before, after),)

    def _where(self, one: ResourceChange) -> str:
        if one.suffix == _CLUSTER:
            return "the datacenter"
        return self._guests.get(one.vmid, one.suffix)

    def _rule_places(self, one: ResourceChange) -> list[Location]:
        firewall = self._plan.firewall
        guest = firewall.guests.get(one.vmid)
        places = firewall.places if one.suffix == _CLUSTER else guest.places if guest is not None else ()
        return [self._configuration.locate(*place) for place in places]

    def _listed(self, one: ResourceChange) -> Location | None:
        """Return where the VM's list names a stack, or that list where it does not; None without the VM."""
        vm = next((vm for vm in self._configuration.vms if vm.vmid == one.vmid), None)
        if vm is None:
            return None
        folder = one.name.rpartition("@")[0]
        named = [reference.index for reference in vm.docker_stacks if reference.name == folder]
        return self._configuration.locate(*vm.declared_at, "docker_stacks", *named[:1])


def _drift_notes(forecast: StackForecast) -> list[Note]:
    """Say what is not as it was deployed; of what does not answer nobody knows that."""
    if forecast.sending in {Sending.SENT, Sending.NOT_NEEDED}:
        return [Note(f"{word} → put right") for word in forecast.why]
    return [Note("does not answer now; a run looks again")] if forecast.sending is Sending.UNKNOWN else []


def _route_notes(before: DynamicConfiguration, after: DynamicConfiguration) -> list[str]:
    if not before and not after:
        return []
    if has_same_routes(before, after):
        return ["its routes stay" if _count(after) > 1 else "its route stays"]
    return list(route_notes(before, after))


def _count(configuration: DynamicConfiguration) -> int:
    return sum(len(section.get("routers") or {}) for section in configuration.values())


def _text(props: Mapping[str, object]) -> str:
    return str(props.get("compose") or "")


def _file(props: Mapping[str, object]) -> str:
    return str(props.get("text") or "")
