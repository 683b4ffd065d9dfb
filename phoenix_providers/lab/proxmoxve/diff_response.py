"""Differences as the engine takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pulumi.runtime.proto import provider_pb2

from phoenix_providers.lab.proxmoxve.differences import Difference


def diff_response(found: Sequence[Difference], stable: Sequence[str] = ()) -> Any:
    """Return the answer to a request to compare; `stable` names what no update changes."""
    response = provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=sorted({_top(one) for one in found}),
        replaces=sorted({_top(one) for one in found if one.replaces}),
        stables=[] if any(one.replaces for one in found) else stable,
        hasDetailedDiff=True,
    )
    for one in found:
        name = one.kind + ("_REPLACE" if one.replaces else "")
        response.detailedDiff[one.place].kind = provider_pb2.PropertyDiff.Kind.Value(name)
    return response


def _top(difference: Difference) -> str:
    return difference.place.partition(".")[0].partition("[")[0]
