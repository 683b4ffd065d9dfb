"""What a run did: for its certificate, for `status` and `why`, and for the timeline of `graph`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Operation = Literal["create", "update", "delete", "replace", "refresh", "same"]


class RunStep(BaseModel):
    """One operation on one resource.

    Attributes:
        name: The resource's name, such as `grafana@113`.
        type: Its own type, without those above it, such as `PortainerStack`.
        started: Seconds since 1970.
        ended: The same; None if the run was cut off in the middle of it.
        failed: Whether the product, or we, refused it.
        message: The last that was said about it; empty if nothing was.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    type: str
    operation: Operation
    started: float
    ended: float | None = None
    failed: bool = False
    message: str = ""


class RunRecord(BaseModel):
    """One run of the engine, as whoever started it saw it.

    Attributes:
        command: What was typed, such as `phoenix sync all`.
        started: Seconds since 1970.
        ended: The same; None while it runs, or if it was killed.
        exit_code: As of `phoenix`.
        engine_log: File with the engine's own output.
        steps: In the order in which they began; what stayed as it was is left out.
        unchanged: How many resources that is.
    """

    model_config = ConfigDict(frozen=True)

    command: str
    started: float
    ended: float | None = None
    exit_code: int | None = None
    engine_log: str = ""
    steps: tuple[RunStep, ...] = ()
    unchanged: int = 0
