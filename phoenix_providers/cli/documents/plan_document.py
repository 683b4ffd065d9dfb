"""What `phoenix plan --json` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from phoenix_providers.cli.documents.document import Document, DocumentPart
from phoenix_providers.cli.screens.plan_screen import place_of
from phoenix_providers.planning.site.changes.change import Action, Change, SiteChanges, TextChange
from phoenix_providers.planning.stacks.forecast.container_forecast import Fate
from phoenix_providers.planning.stacks.forecast.stack_forecast import Sending


class PlannedNote(DocumentPart):
    """One line about a change; `place` is FILE:LINE where the files ask for it."""

    text: str
    place: str


class PlannedContainer(DocumentPart):
    """What becomes of one container; `container` is empty for one that is not there yet.

    Digests are those of its image now and then, empty where nobody tells them.
    """

    service: str
    container: str
    fate: Fate
    why: str
    certain: bool
    digest_now: str
    digest_then: str


class PlannedText(DocumentPart):
    """A text before and after."""

    title: str
    before: str
    after: str


class PlannedChange(DocumentPart):
    """One thing that changes; `sending` is empty for what is no stack."""

    action: Action
    name: str
    title: str
    step: int
    vmid: int
    drift: bool
    notes: tuple[PlannedNote, ...]
    effects: tuple[str, ...]
    sending: Sending | None
    containers: tuple[PlannedContainer, ...]
    volumes_left: tuple[str, ...]
    texts: tuple[PlannedText, ...]


class PlannedMessage(DocumentPart):
    """What was said on the way: severity is info, warning or error."""

    severity: str
    text: str


class PlanDocument(Document):
    """All changes of the next run."""

    command: ClassVar[str] = "plan"

    site: str
    changes: tuple[PlannedChange, ...]
    as_declared: int
    own_notes: int
    messages: tuple[PlannedMessage, ...]

    @classmethod
    def of(cls, site: str, found: SiteChanges, messages: Iterable[tuple[str, str]]) -> PlanDocument:
        """Describe what was found."""
        return cls(
            site=site,
            changes=tuple(_change(one) for one in found.changes),
            as_declared=found.as_declared,
            own_notes=found.own_notes,
            messages=tuple(PlannedMessage(severity=severity, text=text) for severity, text in messages),
        )


def _change(one: Change) -> PlannedChange:
    forecast = one.forecast
    return PlannedChange(
        action=one.action,
        name=one.name,
        title=one.title,
        step=one.step,
        vmid=one.vmid,
        drift=one.is_drift,
        notes=tuple(PlannedNote(text=note.text, place=place_of(note)) for note in one.notes),
        effects=one.effects,
        sending=forecast.sending if forecast else None,
        containers=tuple(
            PlannedContainer(
                service=each.service,
                container=each.container,
                fate=each.fate,
                why=each.why,
                certain=each.is_certain,
                digest_now=each.digest_now,
                digest_then=each.digest_then,
            )
            for each in (forecast.containers if forecast else ())
        ),
        volumes_left=forecast.volumes if forecast else (),
        texts=tuple(_text(text) for text in one.texts),
    )


def _text(text: TextChange) -> PlannedText:
    return PlannedText(title=text.title, before=text.before, after=text.after)
