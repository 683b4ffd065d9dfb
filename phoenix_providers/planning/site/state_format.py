"""Whether this version may go on with a state: it has to know the state's form, and nothing may be in it twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from phoenix_providers.errors import UnsafeError

# 1 had no components, 2 had most properties twice, as inputs and as outputs, and 3 had texts that nobody could read in
# a preview: 4 has a line of words in front of them.
FORMAT = 4
_PARENT_MARK = "$"
# All others depend on the inventory; last words depend on nothing.
_FIRST, _ALONE = "inventory", "last-word-"


def refuse_newer(recorded: int, stack: str) -> None:
    """Refuse the state of a newer version: what that has moved would be made again, and deleted where it is.

    Raises:
        UnsafeError: It is one.
    """
    if recorded > FORMAT:
        raise UnsafeError(
            "a newer version of Phoenix Sync keeps this state; nothing was changed",
            where=f"stack {stack}",
            seen=f"form {recorded} of the state",
            expected=f"form {FORMAT} at most, which is what this version knows",
            next_step="git pull && make setup, in the folder of Phoenix Sync on this computer",
        )


def refuse_doubles(urns: Iterable[str], stack: str) -> None:
    """Refuse a state that has a resource in two places: to delete one of the two deletes what both are about.

    Args:
        urns: Those of our resources.
        stack: The Pulumi stack, PROJECT/STACK.

    Raises:
        UnsafeError: An older version has run on a state of ours.
    """
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for urn in urns:
        types, _, name = urn.split("::", 2)[2].partition("::")
        places[types.rpartition(_PARENT_MARK)[2], name].append(urn)
    doubles = {name: sorted(found, key=_depth) for (_, name), found in places.items() if len(found) > 1}
    if not doubles:
        return
    starts = [name for name in doubles if name == _FIRST or name.startswith(_ALONE)] or [next(iter(doubles))]
    commands = [f"pulumi state delete --target-dependents '{doubles[name][0]}'" for name in starts]
    raise UnsafeError(
        "the state has some resources twice, so that one of the two would be deleted; nothing was changed",
        where=f"stack {stack}",
        seen=f"twice: {', '.join(sorted(doubles))}",
        expected="each once; an older version of Phoenix Sync has run on this state, where all was new to it",
        next_step="\n            ".join(
            [*commands, "(takes what it has added out of the state, and deletes nothing anywhere); then this run again"]
        ),
    )


def _depth(urn: str) -> int:
    return urn.count(_PARENT_MARK)
