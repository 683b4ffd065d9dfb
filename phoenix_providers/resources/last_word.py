"""What the engine deletes last, so that a run that removes something can fail all the same."""

from __future__ import annotations

import pulumi

from phoenix_providers.operations import clients_of_run
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import DiffResult, Properties
from phoenix_providers.resources.state_only_provider import StateOnlyProvider


class LastWordProvider(StateOnlyProvider):
    """Raises while it is deleted what the verdict has kept to itself.

    The engine skips all deletions of a run in which anything raises before them, and none of those that come before
    the one that raises. Everything else depends on a last word, so it is deleted behind all that leaves.
    """

    own_id = "last-word"

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """It never changes; another one takes its place."""
        return DiffResult(changes=False)

    def delete(self, _id: str, _props: Properties) -> None:
        """Say what is not as declared; one that raises stays, and goes with the next run in which all is well."""
        error, clients_of_run.current().notes.unsaid = clients_of_run.current().notes.unsaid, None
        if error is not None:
            raise error


class LastWord(PhoenixResource, module="phoenix", name="LastWord"):
    """Declared until something leaves; then the next one takes its place."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(LastWordProvider(), name, {}, opts)
