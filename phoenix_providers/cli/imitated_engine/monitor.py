"""The engine as the program sees it: answers every registration as a preview would, and does nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from typing import Any

from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import resource_pb2

from phoenix_providers.cli.imitated_engine.kind import Kind
from phoenix_providers.cli.imitated_engine.refresh import Refresh
from phoenix_providers.cli.imitated_engine.steps import (
    Comparison,
    Step,
    changed_names,
    leaving,
    operations,
    with_ignored,
)
from phoenix_providers.cli.imitated_engine.stored_state import StoredResource
from phoenix_providers.cli.imitated_engine.wire import received, sent
from phoenix_providers.resources.engine_values import from_engine

STACK = "pulumi:pulumi:Stack"
# What is stored, as `program/recorded.py` asks for it.
_READ_STATE = "pulumi:pulumi:readStackResourceOutputs"
_FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
)


class Monitor:
    """Serves one run of the program; the names of its methods are the SDK's.

    Args:
        stored: The state as it was before the refresh: that is what the program is told.
        refresh: What it was compared with the live objects by.
        kind_of: Returns who makes resources of a type.
        targets: Names of what a scoped run is about; everything else stays as the state has it. None for a full run.

    Attributes:
        steps: What would be done, in the order of the program.
        failure: Why the run cannot go on; None while it can.
        has_other_outputs: Whether the site tells other programs something else than the last run has; what nobody
            knows yet is something else.
    """

    def __init__(
        self,
        project: str,
        stack: str,
        stored: Sequence[StoredResource],
        refresh: Refresh,
        kind_of: Callable[[str], Kind],
        targets: Collection[str] | None = None,
    ) -> None:
        self.steps: list[Step] = []
        self.failure: Exception | None = None
        self.has_other_outputs = False
        self._begin = f"urn:pulumi:{stack}::{project}"
        self._stored = stored
        self._refresh = refresh
        self._kind_of = kind_of
        self._targets = targets
        self._declared: set[str] = set()
        # The engine takes one registration after the other.
        self._lock = threading.Lock()

    def deletions(self) -> list[Step]:
        """Return what leaves; to be called when the program has ended. A scoped run takes nothing away."""
        if self._targets is not None:
            return []
        found = self._refresh.result()
        return leaving([*self._refresh.condemned, *found.values()], self._declared)

    def SupportsFeature(self, request: Any) -> Any:
        """Say what is understood."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in ("secrets", "resourceReferences"))

    def GetDeploymentInfo(self, _request: Any) -> Any:
        """Say what is understood."""
        return resource_pb2.DeploymentInfo(supportedFeatures=_FEATURES)

    def Invoke(self, request: Any) -> Any:
        """Tell what the state has."""
        if request.tok != _READ_STATE:
            raise NotImplementedError(request.tok)
        outputs = {one.urn: {"type": one.type, "outputs": one.outputs} for one in self._stored}
        return resource_pb2.ResourceInvokeResponse(**{"return": sent({"outputs": outputs})})

    def RegisterResource(self, request: Any) -> Any:
        """Take what the program declares, and answer as if it had been previewed."""
        with self._lock:
            if self.failure is not None:
                raise self.failure
            try:
                return self._registered(request)
            except Exception as error:
                self.failure = error
                raise

    def RegisterResourceOutputs(self, request: Any) -> Any:
        """Take outputs of components: they are no reason to do anything, but those of the site are for others."""
        urn = str(request.urn)
        if urn.split("::")[2] == STACK:
            stored = next((one.outputs for one in self._stored if one.urn == urn), {})
            self.has_other_outputs = from_engine(received(request.outputs)) != from_engine(stored)
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, _request: Any) -> Any:
        """Let the program end."""
        return empty_pb2.Empty()

    def _registered(self, request: Any) -> Any:
        urn = self._urn(request)
        if request.type == STACK:
            self._declared.add(urn)
            self.steps.append(Step("same" if any(one.urn == urn for one in self._stored) else "create", urn))
            return resource_pb2.RegisterResourceResponse(urn=urn)
        stored = self._refresh.result()
        names = (urn, *(alias.urn for alias in request.aliases if alias.urn))
        old = next((stored[one] for one in names if one in stored), None)
        self._declared |= {urn, old.urn if old is not None else urn}
        if old is not None and self._targets is not None and request.name not in self._targets:
            self.steps.append(Step("same", urn, old=old))
            answer = sent(old.outputs) if request.custom else None
            return resource_pb2.RegisterResourceResponse(urn=urn, id=old.id, object=answer)
        ignored = tuple(request.ignoreChanges)
        inputs = with_ignored(received(request.object), old, ignored)
        comparison: Comparison | None = None
        if request.custom:
            kind = self._kind_of(request.type)
            inputs = kind.check(urn, old, inputs)
            comparison = kind.compare(old, inputs, ignored) if old is not None else None
        done = operations(old, inputs, comparison)
        changed = changed_names(old, inputs) if done == ("update",) else ()
        self.steps += [Step(operation, urn, changed, old, inputs) for operation in done]
        is_same = old is not None and done == ("same",)
        outputs = old.outputs if old is not None and is_same else inputs
        # An object that is made has no number yet.
        known = old.id if old is not None and done in (("same",), ("update",)) else ""
        answer = sent(outputs) if request.custom else None
        return resource_pb2.RegisterResourceResponse(urn=urn, id=known, object=answer)

    def _urn(self, request: Any) -> str:
        kind = request.type
        above = request.parent.split("::")[2] if request.parent else STACK
        # Nothing says that it is below the stack itself: everything is.
        if above != STACK:
            kind = f"{above}${kind}"
        return f"{self._begin}::{kind}::{request.name}"
