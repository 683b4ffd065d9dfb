"""What `phoenix status --json` prints."""

from __future__ import annotations

from typing import ClassVar

from phoenix_providers.cli.documents.document import Document
from phoenix_providers.cli.site_view.site_view import (
    ChangeView,
    EnvironmentView,
    GuestView,
    LastRun,
    ProductView,
    RouteView,
    SiteView,
    StackView,
    StepView,
    Trouble,
)


class StatusDocument(Document):
    """The site as it is now."""

    command: ClassVar[str] = "status"

    domain: str
    """The site's domain."""
    pulumi_stack: str
    """Name of the Pulumi stack; empty if there is none yet."""
    taken_at: float
    """When this was seen, in seconds since 1970."""
    deployed: bool | None
    """Whether any run has got as far as making something; null if the state cannot be read."""
    changed_at: float | None
    """When the state was changed last, in seconds since 1970; null if it never was."""
    steps: tuple[StepView, ...]
    """The seven steps, in order."""
    products: tuple[ProductView, ...]
    """The servers that a run talks to."""
    guests: tuple[GuestView, ...]
    """VMs, then containers."""
    environments: tuple[EnvironmentView, ...]
    """Portainer's environments."""
    stacks: tuple[StackView, ...]
    """Every stack on every VM."""
    routes: tuple[RouteView, ...]
    """Every routed name."""
    changes: tuple[ChangeView, ...] | None
    """What a run would change; null if that is not known."""
    changes_unknown: str
    """Why that is not known; empty if it is."""
    last_run: LastRun | None
    """The last run that was started on this computer."""
    files: tuple[Trouble, ...]
    """What is wrong with the files."""
    warnings: tuple[Trouble, ...]
    """What the files may mean otherwise than they are read."""
    state: Trouble | None
    """Why there is no state to be read; null as a rule."""
    lock: Trouble | None
    """Who holds the state; null if nobody does, or if nobody knows."""
    next_command: str
    """What to type now; empty if nothing has to be done."""

    @classmethod
    def of(cls, view: SiteView) -> StatusDocument:
        """Make it of what was seen."""
        return cls(**{name: getattr(view, name) for name in cls.model_fields if name != "version"})
