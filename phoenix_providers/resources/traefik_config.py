"""One of our two files in Traefik's directory."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult, Resource

from phoenix_providers.errors import ProductError
from phoenix_providers.planning.documents import to_text
from phoenix_providers.planning.merge import merge_routes
from phoenix_providers.resources import connections
from phoenix_providers.resources.provider import (
    AS_DECLARED,
    CreateResult,
    DiffResult,
    PhoenixProvider,
    Properties,
    ReadResult,
    UpdateResult,
    differs,
    explained,
    has_unknown,
    own,
)
from phoenix_providers.resources.publication import (
    deviations,
    publish,
    require_loadable,
    withdraw,
    withdraw_from_old_place,
)

_COMPARED = ("target", "api", "file", "text", "observed")


class TraefikConfigProvider(PhoenixProvider):
    """Writes the file in one step, proves it through Traefik's API, and puts the last one back if that fails."""

    @explained
    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Derive the text, so that previews show it; unknown as long as a stack's health is."""
        inputs = own(news)
        before = olds.get("parts") or {}
        parts = news["parts"] | {name: before[name] for name in inputs.pop("kept", ()) if name in before}
        inputs["parts"] = parts
        if not has_unknown(parts):
            document = merge_routes(parts[name] for name in sorted(parts))
            require_loadable(str(news.get("file", "")), document)
            inputs["text"] = to_text(document)
        return CheckResult(inputs, [])

    @explained
    def create(self, props: Properties) -> CreateResult:
        """Write the file; one of ours from before is simply replaced."""
        return CreateResult(str(props["file"]), _published(props))

    @explained
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Read the file, and ask Traefik whether it has it; silence leaves everything as it was, marked."""
        kept = own(props)
        try:
            text = connections.current().delivery(str(props["target"])).read(str(props["file"]))
            kept |= {"text": text or "", "observed": AS_DECLARED}
            if text is not None and text == props.get("text"):
                kept["observed"] = "; ".join(deviations(connections.current(), props, text)) or AS_DECLARED
        except ProductError as error:
            kept["observed"] = str(error)
        return ReadResult(id_, kept, dict(kept))

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare texts."""
        return DiffResult(changes=differs(olds, news, _COMPARED) or "text" not in news)

    @explained
    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Write the file; a file that moved is withdrawn from the old place."""
        result = _published(news)
        if (olds["target"], olds["file"]) != (news["target"], news["file"]):
            withdraw_from_old_place(connections.current(), olds, news)
        return UpdateResult(result)

    @explained
    def delete(self, _id: str, props: Properties) -> None:
        """Remove the file and prove that its routes are gone."""
        withdraw(connections.current(), props)


class TraefikConfig(Resource, module="phoenix", name="TraefikConfig"):
    """Dynamic configuration of Traefik in one file.

    Args:
        name: Resource name.
        target: Where Traefik's directory is.
        api: URL of Traefik's API, or "": then nothing can be proven.
        file: File name.
        parts: Dynamic configuration by origin (`infrastructure`, or a stack's resource name); merged by name.
        kept: Origins whose last part stays, since nobody can say now what it should be.
        opts: Options for the engine.
    """

    def __init__(
        self,
        name: str,
        target: str,
        api: str,
        file: str,
        parts: Mapping[str, pulumi.Input[Any]],
        kept: Iterable[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs: dict[str, Any] = {
            "target": target,
            "api": api,
            "file": file,
            "parts": dict(parts),
            "kept": sorted(kept),
            "observed": AS_DECLARED,
        }
        super().__init__(TraefikConfigProvider(), name, inputs, opts)


def _published(props: Properties) -> Properties:
    publish(connections.current(), props, lambda line: print(line, file=sys.stderr))
    return own(props)
