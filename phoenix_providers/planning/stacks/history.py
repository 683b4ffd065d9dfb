"""What earlier runs left of a stack: the content that failed, why, and the last one that worked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from phoenix_providers.planning.stacks.content import StackContent

_MOST_TIMES = 2


@dataclass(frozen=True)
class StackHistory:
    """The memory of one stack, from run to run.

    Attributes:
        stamp: That of the record as our last write left it, with the file `compose`; empty if that is not known.
        made: By service, the hashes of the configurations from which its containers were made.
        running: Services that ran on after the last deploy.
        revived: Of those, each one that was brought back after it had ended, as often as that was done.
        unpulled: The digest of content whose images could not be fetched, and why.
        unsettled: The digest of deployed content that failed since it was healthy last, or never was: it has to settle.
    """

    stack_id: int = 0
    failed_digest: str = ""
    failed_reason: str = ""
    last_good: StackContent | None = None
    stamp: str = ""
    compose: str = ""
    made: Mapping[str, Sequence[str]] = field(default_factory=dict)
    running: Sequence[str] = ()
    revived: Sequence[str] = ()
    unpulled: tuple[str, str] = ("", "")
    unsettled: str = ""

    def proves(self, content: StackContent) -> bool:
        """Whether this content was healthy for as long as it has to be, and nothing has been said against it since."""
        good = self.last_good
        return good is not None and good.same_as(content) and self.unsettled != content.digest

    def lasting(self, running: Sequence[str]) -> Sequence[str]:
        """Return which of the running services are expected to run on.

        Services that somebody stopped, and jobs that take longer than a deploy is watched, look alike: of both it is
        remembered that they ran after the deploy. Whatever has ended since is brought back; what then ends by itself
        again and again is a job.
        """
        return tuple(name for name in running if self.revived.count(name) < _MOST_TIMES)

    def brought_back(self, *, same: bool, ended: Sequence[str]) -> StackHistory:
        """Return it after a deploy that brought back what had `ended`; content that is not the same begins anew."""
        return replace(self, revived=(*self.revived, *ended) if same else ())

    def put_back(self, told: str) -> StackHistory:
        """Return it after a run that put the last good content back, however that went; unless nothing is `told`."""
        return replace(self, unsettled=self.last_good.digest) if told and self.last_good else self
