"""The engine's events, as far as they say how a run goes on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from phoenix_providers.models.engine_properties import EngineRecord
from phoenix_providers.models.run_record import Operation

# On a terminal the engine's event log keeps the marks from which it makes colours, such as `<{%fg 1%}>`.
_COLOUR_MARK = re.compile(r"<\{%[^%]*%\}>")
_OPERATIONS: dict[str, Operation] = {
    "same": "same",
    "create": "create",
    "update": "update",
    "delete": "delete",
    "refresh": "refresh",
    "import": "create",
    "create-replacement": "replace",
    "delete-replaced": "replace",
}
_PHASES: dict[str, Literal["began", "ended", "failed"]] = {
    "resourcePreEvent": "began",
    "resOutputsEvent": "ended",
    "resOpFailedEvent": "failed",
}


@dataclass(frozen=True)
class Worked:
    """An operation has begun, or has ended.

    Attributes:
        environment: Portainer's name of the environment, if it is one.
        trouble: Why a stack is not as declared although the operation itself has ended well; empty if it is.
    """

    phase: Literal["began", "ended", "failed"]
    urn: str
    operation: Operation
    environment: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class Said:
    """Somebody says something; `severity` is info, warning or error."""

    severity: str
    text: str
    urn: str = ""


def read(event: EngineRecord) -> Worked | Said | None:
    """Return what an event says; None for what is no matter here."""
    for key, phase in _PHASES.items():
        if key in event:
            metadata = event[key].get("metadata") or {}
            operation = _OPERATIONS.get(str(metadata.get("op")))
            return _worked(phase, metadata, operation) if operation else None
    if "diagnosticEvent" not in event:
        return None
    told = event["diagnosticEvent"]
    severity = str(told.get("severity", "")).partition("#")[0]
    text = _COLOUR_MARK.sub("", str(told.get("message", ""))).rstrip()
    return Said(severity, text, str(told.get("urn") or "")) if text and severity != "debug" else None


def _worked(phase: Literal["began", "ended", "failed"], metadata: EngineRecord, operation: Operation) -> Worked:
    new = metadata.get("new") or {}
    kind = str(metadata.get("type", "")).rpartition(":")[2]
    environment = str((new.get("inputs") or {}).get("environment") or "") if kind == "PortainerEndpoint" else ""
    trouble = str((new.get("outputs") or {}).get("failure") or "") if phase == "ended" else ""
    return Worked(phase, str(metadata.get("urn", "")), operation, environment, trouble)
