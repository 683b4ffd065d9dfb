"""One of our two files in Traefik's directory."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult, Resource

from phoenix_providers.errors import ProductError
from phoenix_providers.planning.documents import to_text
from phoenix_providers.planning.line_by_line import plain, shown
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

# The engine does not show properties of such a name: what is in the parts is shown as text already.
PARTS = "__parts"
_COMPARED = ("target", "api", "file", "observed")


class TraefikConfigProvider(PhoenixProvider):
    """Writes the file in one step, proves it through Traefik's API, and puts the last one back if that fails."""

    @explained
    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Derive the text, so that previews show it; a stack of unknown health is taken to get healthy."""
        inputs = own(news)
        before = olds.get(PARTS) or {}
        parts = news[PARTS] | {name: before[name] for name in inputs.pop("kept", ()) if name in before}
        expected = inputs.pop("expected", {})
        document = _document({name: _known(part, expected.get(name)) for name, part in parts.items()})
        require_loadable(str(news.get("file", "")), document)
        return CheckResult(inputs | {PARTS: parts, "text": shown(to_text(document), olds.get("text"))}, [])

    @explained
    def create(self, props: Properties) -> CreateResult:
        """Write the file; one of ours from before is simply replaced."""
        return CreateResult(str(props["file"]), _published(props))

    @explained
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Read the file, and ask Traefik whether it has it; silence leaves everything as it was, marked."""
        kept = own(props)
        declared = plain(str(props.get("text") or ""))
        try:
            text = connections.current().delivery(str(props["target"])).read(str(props["file"]))
            kept |= {"text": shown(text or "", str(props.get("text") or "")), "observed": AS_DECLARED}
            if text is not None and text == declared:
                kept["observed"] = "; ".join(deviations(connections.current(), props, text)) or AS_DECLARED
        except ProductError as error:
            kept["observed"] = str(error)
        return ReadResult(id_, kept, dict(kept))

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare texts."""
        texts = [plain(str(props.get("text") or "")) for props in (olds, news)]
        return DiffResult(changes=texts[0] != texts[1] or differs(olds, news, _COMPARED))

    @explained
    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Write the file; a file that moved is withdrawn from the old place."""
        result = _published(news)
        if (olds["target"], olds["file"]) != (news["target"], news["file"]):
            withdraw_from_old_place(connections.current(), _wanted(olds), _wanted(news))
        return UpdateResult(result)

    @explained
    def delete(self, _id: str, props: Properties) -> None:
        """Remove the file and prove that its routes are gone."""
        withdraw(connections.current(), _wanted(props))


class TraefikConfig(Resource, module="phoenix", name="TraefikConfig"):
    """Dynamic configuration of Traefik in one file.

    Args:
        name: Resource name.
        target: Where Traefik's directory is.
        api: URL of Traefik's API, or "": then nothing can be proven.
        file: File name.
        parts: Dynamic configuration by origin (`infrastructure`, or a stack's resource name); merged by name.
        kept: Origins whose last part stays, since nobody can say now what it should be.
        expected: What previews take for a part that is not known yet.
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
        expected: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs: dict[str, Any] = {
            "target": target,
            "api": api,
            "file": file,
            PARTS: dict(parts),
            "kept": sorted(kept),
            "expected": dict(expected or {}),
            "observed": AS_DECLARED,
        }
        super().__init__(TraefikConfigProvider(), name, inputs, opts)


def _document(parts: Mapping[str, Any]) -> dict[str, Any]:
    return merge_routes(parts[name] for name in sorted(parts))


def _known(part: Any, expected: Any) -> Any:
    return (expected or {}) if has_unknown(part) else part


def _wanted(props: Properties) -> dict[str, Any]:
    """Return the properties with the plain text, as publishing takes them."""
    return own(props) | {"text": plain(str(props.get("text") or "")), "parts": props.get(PARTS) or {}}


def _published(props: Properties) -> Properties:
    publish(connections.current(), _wanted(props), lambda line: print(line, file=sys.stderr))
    return own(props)
