"""What leaves in this run: all that the state has and the program does not declare."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pulumi

from phoenix_providers.planning.site.last_words import LastWords, last_words
from phoenix_providers.program.site import Site, after
from phoenix_providers.program.tree import VERDICT
from phoenix_providers.resources.last_word import LastWord

_STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Removals:
    """What leaves, and which of the last words leaves with it; empty if none does."""

    names: tuple[str, ...]
    last_word: str


class Watch:
    """Sees every resource that the program declares, so that nobody has to keep a list of them.

    Everything declared gets an edge to the present last word: whatever leaves one day is deleted before it.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._declared: set[str] = set()
        self._present: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._edges: pulumi.Output[Any] = pulumi.Output.from_input(self._present)
        pulumi.runtime.register_stack_transformation(self._note)

    def closed(self, still_to_come: Iterable[str]) -> Removals:
        """Return what leaves; to be called behind all declarations but those `still_to_come`."""
        site = self._site
        scoped = site.declared is not None
        staying = (self._declared | set(still_to_come)) - site.retired
        words = last_words(site.recorded, staying, scoped=scoped)
        declared = {
            name: LastWord(name, after([], site.tree.inside(VERDICT))) for name in words.declared if site.declares(name)
        }
        self._present.set_result([declared[words.present]] if self._may_depend(words, declared) else [])
        return Removals(words.leaving, words.condemned)

    def _may_depend(self, words: LastWords, declared: Iterable[str]) -> bool:
        """A target may only depend on what the state has already, unless it is the very first run."""
        return words.present in declared and (words.present in self._site.recorded or not self._site.recorded)

    def _note(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if isinstance(args.resource, LastWord | pulumi.ComponentResource) or args.type_ == _STACK:
            return None
        former = (alias.rpartition("::")[2] for alias in args.opts.aliases or () if isinstance(alias, str))
        self._declared |= {args.name, *former}
        before: Any = args.opts.depends_on or []
        own = before if isinstance(before, list) else [before]
        args.opts.depends_on = self._edges.apply(lambda edges: [*own, *edges])
        return pulumi.ResourceTransformationResult(args.props, args.opts)
