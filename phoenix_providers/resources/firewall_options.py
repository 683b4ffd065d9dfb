"""Options of the firewall: the datacenter's, and each guest's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.errors import ProductError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.proxmox.firewall_options import POLICIES, options_as_wished, options_change
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
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
    without_provider_key,
)

_COMPARED = ("proxmox", "scope", "options", "left_open", "observed")


class FirewallOptionsProvider(PhoenixProvider):
    """Writes what differs, and nothing else; the Proxmox plugin writes all options, and keeps those that are gone."""

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Leave as it is what is `kept`."""
        if has_unknown(news):
            return CheckResult(news, [])
        inputs = without_provider_key(news)
        kept = inputs.pop("kept", None) or ()
        before = without_provider_key(olds).get("options") or {}
        staying = {key: before[key] for key in kept if key in before}
        inputs["options"] = {key: one for key, one in news["options"].items() if key not in kept} | staying
        return CheckResult(inputs, [])

    def create(self, props: Properties) -> CreateResult:
        """Write what is not as wished yet."""
        return CreateResult(f"options-{_scope(props).suffix}", _written(props, {}, {}))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Read the options; silence leaves everything as it was, marked."""
        kept = without_provider_key(props)
        try:
            # A host that is away is waited for once, not once for each place.
            proxmox, scope = clients_of_run.current().proxmox(str(kept["proxmox"])), _scope(kept)
            if proxmox.answers_now():
                live = proxmox.seen.options(scope.path)
                kept["options"] = options_as_wished(scope, live, kept["options"], kept["left_open"])
                kept["observed"] = AS_DECLARED
            else:
                kept["observed"] = f"{kept['proxmox']} does not answer"
        except ProductError as error:
            kept["observed"] = told(error)
        return ReadResult(id_, kept, {key: kept.get(key) for key in _COMPARED})

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare what is wished with what is there."""
        return DiffResult(changes=differs(olds, news, _COMPARED))

    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Write what is not as wished, and take away what was wished before."""
        return UpdateResult(_written(news, olds["options"], olds.get("settled") or {}))

    def delete(self, _id: str, _props: Properties) -> None:
        """Change nothing: what was there before us has been put back already, see `restoration`."""


class FirewallOptions(PhoenixResource, module="phoenix", name="FirewallOptions"):
    """Comes after the rules of its place, so that no policy drops what has no rule yet.

    Args:
        name: Resource name.
        proxmox: The API's URL.
        scope: The place.
        options: What shall be, in Proxmox's words; an option that is not here stays what it is.
        left_open: Which of these no file says; they may be unset where that comes to the same.
        kept: What stays as it is in this run.
        opts: Options for the engine.
    """

    def __init__(
        self,
        name: str,
        *,
        proxmox: str,
        scope: ProxmoxScope,
        options: Mapping[str, str],
        left_open: Sequence[str],
        kept: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs: Properties = {
            "proxmox": proxmox,
            "scope": scope.as_input(),
            "options": dict(options),
            "left_open": list(left_open),
            "observed": AS_DECLARED,
            "settled": None,
        }
        inputs |= {"kept": list(kept)} if kept else {}
        super().__init__(FirewallOptionsProvider(), name, inputs, opts)


def _written(props: Properties, before: Mapping[str, str], settled: Mapping[str, str]) -> Properties:
    """Write what differs; return the properties with the policies that were wished last, whatever is read later."""
    settings, scope = clients_of_run.current().lasting_settings(str(props["proxmox"])), _scope(props)
    live, digest = settings.options_with_digest(scope.path)
    wished = props["options"]
    change = options_change(scope, live, wished, props["left_open"], before)
    if change.values or change.unset:
        settings.write_options(scope.path, change.values, change.unset, digest)
    return without_provider_key(props) | {
        "settled": {**settled, **{key: wished[key] for key in POLICIES if key in wished}}
    }


def _scope(props: StoredProperties) -> ProxmoxScope:
    return ProxmoxScope.from_input(props["scope"])
