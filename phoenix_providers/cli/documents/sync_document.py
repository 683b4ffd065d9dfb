"""What `phoenix sync … --json` prints at the end of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from phoenix_providers.cli.documents.document import Document, DocumentPart
from phoenix_providers.cli.run_progress.progress import Work
from phoenix_providers.cli.sync_run.followed_run import Ran
from phoenix_providers.cli.sync_run.proof import Proof
from phoenix_providers.models.run_record import Operation


class SyncedThing(DocumentPart):
    """Something on a product that the run has changed, or tried to.

    `seconds` is null for what it was cut off in; `failure` is empty where all went well.
    """

    name: str
    title: str
    operation: Operation
    step: int
    vmid: int
    seconds: float | None
    failure: str


class SyncProof(DocumentPart):
    """What was proven behind a run that changed something; for one stack also what it needed, and what stayed."""

    routes: str
    second_pass: str
    verified: tuple[str, ...]
    untouched: str


class SyncDocument(Document):
    """How a run has ended."""

    command: ClassVar[str] = "sync"

    typed: str
    exit_code: int
    seconds: float
    things: tuple[SyncedThing, ...]
    unchanged: int
    failures: tuple[str, ...]
    proof: SyncProof | None
    engine_log: str

    @classmethod
    def of(cls, typed: str, proof: Proof, ran: Ran, failures: Sequence[str]) -> SyncDocument:
        """Describe a run.

        Args:
            typed: The command line.
            proof: How it has turned out.
            ran: The run.
            failures: What it has said of those.
        """
        progress, certificate = ran.progress, proof.certificate
        return cls(
            typed=typed,
            exit_code=proof.code,
            seconds=round(progress.now - progress.started, 1),
            things=tuple(_thing(work) for work in progress.works.values() if work.thing.is_on_a_product),
            unchanged=progress.unchanged,
            failures=tuple(failures) if proof.code else (),
            proof=SyncProof(
                routes=certificate.routes,
                second_pass=certificate.second_pass,
                verified=certificate.verified,
                untouched=certificate.untouched,
            )
            if certificate is not None
            else None,
            engine_log=str(ran.log),
        )


def _thing(work: Work) -> SyncedThing:
    return SyncedThing(
        name=work.thing.name,
        title=work.thing.words,
        operation=work.operation,
        step=work.thing.part.step,
        vmid=work.thing.part.vmid,
        seconds=round(work.seconds, 1) if work.ended is not None else None,
        failure=work.trouble or ("failed" if work.failed else ""),
    )
