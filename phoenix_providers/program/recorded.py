"""What the state has already, as the engine itself tells the program."""

from __future__ import annotations

import pulumi

# Built into the engine: the resources of a stack as they were recorded last.
_READ_STATE = "pulumi:pulumi:readStackResourceOutputs"


def recorded_names() -> frozenset[str]:
    """Return the names of all resources in the state of this stack, in preview too."""
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    answer = pulumi.runtime.invoke(_READ_STATE, {"stackName": stack}).value or {}
    return frozenset(urn.rpartition("::")[2] for urn in answer.get("outputs") or {})
