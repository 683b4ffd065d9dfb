"""How an attempt to make a stack as it is declared has ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from phoenix_providers.planning.stacks.history import StackHistory


@dataclass(frozen=True)
class DeployResult:
    """The end of one attempt; `failure` is empty when the stack is deployed and healthy.

    Attributes:
        stamp: That of the record whose file is known to be the declared one; empty otherwise.
        untidy: What could not be removed though it left the file; the stack itself is as it says in `failure`.
    """

    stack_id: int
    failure: str = ""
    memory: StackHistory = field(default_factory=StackHistory)
    stamp: str = ""
    untidy: str = ""
