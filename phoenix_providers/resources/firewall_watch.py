"""Before a change of the firewall: remember it, try what works, and open a connection that outlives the change."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pulumi

from phoenix_providers.errors import ProductError
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.firewall.names.content import name_of_input
from phoenix_providers.planning.firewall.names.snapshot import NameSnapshot, other_names
from phoenix_providers.planning.firewall.probing import Probing
from phoenix_providers.planning.firewall.snapshot import FirewallSnapshot, becoming, deviations, places_of, remembered
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.proxmox.wanted_place import WantedFirewall
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    AS_DECLARED,
    DiffResult,
    Properties,
    ReadResult,
    differs,
    without_provider_key,
)
from phoenix_providers.resources.state_only_provider import StateOnlyProvider

if TYPE_CHECKING:
    from phoenix_providers.clients.proxmox.settings import ProxmoxSettings


_OUTPUTS = ("change", "memory")


class FirewallWatchProvider(StateOnlyProvider):
    """Has work to do exactly when the firewall changes, or when the last change was never confirmed."""

    own_id = "firewall-watch"
    of_one_run = ("confirmed", "probing")
    stored_as_text = ("wanted", "names", "memory")
    unshown = ("wanted", "names")

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Say where the firewall is not as declared; a Proxmox that does not answer is told by the gate."""
        kept = without_provider_key(props)
        proxmox = clients_of_run.current().proxmox(str(kept["proxmox"]))
        try:
            kept["observed"] = _observed(kept, proxmox.seen) if proxmox.answers_now() else AS_DECLARED
        except ProductError:
            kept["observed"] = AS_DECLARED
        return ReadResult(id_, kept, {key: value for key, value in kept.items() if key not in _OUTPUTS})

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare what is declared with what was, and the last change with the last that was confirmed."""
        return DiffResult(
            changes=_is_unconfirmed(olds, news) or differs(olds, news, ("proxmox", "wanted", "names", "observed"))
        )

    def settled(self, olds: Properties, news: Properties) -> Properties:
        """Watch the change that comes."""
        unconfirmed = _is_unconfirmed(olds, news) and olds.get("memory")
        return _watching(news, FirewallSnapshot.from_output(olds["memory"]) if unconfirmed else None)


class FirewallWatch(PhoenixResource, module="phoenix", name="FirewallWatch"):
    """Comes after the guards and before all rules and options.

    Args:
        name: Resource name.
        proxmox: The API's URL.
        wanted: What is declared, by place.
        probing: What is needed to try connections out, see `ConnectionProbes`.
        confirmed: The last change that was confirmed; empty if there was none.
        names: Aliases, sets and groups that are declared.
        opts: Options for the engine.

    Attributes:
        change: A name for the change that is watched.
        memory: How things were before it.
    """

    change: pulumi.Output[str]
    memory: pulumi.Output[Properties]

    def __init__(
        self,
        name: str,
        *,
        proxmox: str,
        wanted: Mapping[ProxmoxScope, WantedFirewall],
        probing: Probing,
        confirmed: str,
        names: Sequence[FirewallName] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "proxmox": proxmox,
            "wanted": _as_property(wanted),
            "probing": probing.as_input(),
            "confirmed": confirmed,
            "observed": AS_DECLARED,
            "change": None,
            "memory": None,
            **({"names": [one.as_input() for one in names]} if names else {}),
        }
        super().__init__(FirewallWatchProvider(), name, inputs, opts)


def _is_unconfirmed(olds: Properties, news: Properties) -> bool:
    """Whether the last change was never confirmed; a refresh does not know."""
    return "confirmed" in news and bool(olds.get("change") != news["confirmed"])


def _as_property(wanted: Mapping[ProxmoxScope, WantedFirewall]) -> list[Properties]:
    return [
        {"scope": scope.as_input(), "rules": list(content.rules), "options": dict(content.options)}
        for scope, content in wanted.items()
    ]


def _present(settings: ProxmoxSettings, scopes: Iterable[ProxmoxScope]) -> list[ProxmoxScope]:
    """Leave out guests that are gone, or on another node: nobody may ask for their firewall any more."""
    nodes = settings.guests()
    return [scope for scope in scopes if not scope.guest_id or nodes.get(scope.guest_id) == scope.node]


def _observed(props: Properties, settings: ProxmoxSettings) -> str:
    from phoenix_providers.operations.proxmox.places import live_names, live_places

    wanted, meant = places_of(props["wanted"]), _names(props)
    others = other_names(meant, live_names(settings, meant))
    places = deviations(wanted, live_places(settings, _present(settings, wanted)))
    return "; ".join([*(f"{title}: other content" for title in others), *filter(None, [places])]) or AS_DECLARED


def _names(props: Properties) -> list[FirewallName]:
    return [name_of_input(item) for item in props.get("names") or ()]


def _watching(props: Properties, unconfirmed: FirewallSnapshot | None) -> Properties:
    from phoenix_providers.operations.proxmox.connection_probes import ConnectionProbes
    from phoenix_providers.operations.proxmox.places import live_names, live_places

    current, url = clients_of_run.current(), str(props["proxmox"])
    current.let_go(url)
    settings, wanted = current.persistent_connection(url).settings, places_of(props["wanted"])
    meant = _names(props)
    places, there = live_places(settings, wanted), live_names(settings, meant)
    declared = becoming(places, wanted)
    names = tuple(NameSnapshot(one, there[one.resource_name]) for one in meant)
    working = ConnectionProbes(current, url, Probing.from_input(props["probing"])).working()
    now = FirewallSnapshot(places, working, declared, names)
    memory = remembered(now, unconfirmed)
    return without_provider_key(props) | {"change": uuid.uuid4().hex, "memory": memory.as_output()}
