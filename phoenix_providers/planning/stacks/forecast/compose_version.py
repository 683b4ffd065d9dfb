"""What compose does with services that depend on one whose container is made anew: its versions differ.

Read in its source: up to 2.29.2 all of them are made anew, theirs as well; from 2.29.7 to 2.34 those that depend on it
directly are restarted; from 2.35 on only those that say `restart: true`. Whoever shares a namespace with a container
that is made anew is so, too, in all of them. From 2.29.7 on `depends_on` is no part of the hash, from 2.31 on
`profiles` is none. From 2.31 on networks are compared as well, and of several copies it keeps those that are up to
date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

Version = tuple[int, ...]

_NUMBERS = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
_LAST_THAT_RECREATES, _FIRST_THAT_CHOOSES = (2, 29, 6), (2, 35, 0)
_FIRST_THAT_COMPARES = (2, 31, 0)
# Portainer up to 2.23 brings 2.29.2, as its source says; 2.39 surely one that chooses.
_LAST_OLD_SERVER, _FIRST_NEW_SERVER = (2, 23), (2, 39)


_LATER_UNCOUNTED = frozenset({"depends_on", "profiles"})


class Dependents(Enum):
    """What becomes of services that depend on one that is made anew."""

    RECREATED = "recreated"
    RESTARTED = "restarted"
    RESTARTED_IF_SAID = "restarted if they say so"


@dataclass(frozen=True)
class ComposeVersion:
    """How the compose of one Portainer behaves.

    Attributes:
        is_certain: Whether that is known, and not only likely.
        compares_networks: Whether a network that is declared otherwise is made anew, with a stop of all that is on it.
    """

    dependents: Dependents
    is_certain: bool = True
    compares_networks: bool = False

    @property
    def uncounted(self) -> frozenset[str]:
        """Keys of a service that it does not compare, and others do."""
        return frozenset() if self.dependents is Dependents.RECREATED else _LATER_UNCOUNTED


def compose_version(server: tuple[int, int], made_by: Iterable[str]) -> ComposeVersion:
    """Return how the compose of a Portainer behaves.

    Args:
        server: Its version, (major, minor).
        made_by: The versions of compose that containers name that it has deployed; it may have been updated since.
    """
    if server <= _LAST_OLD_SERVER:
        return ComposeVersion(Dependents.RECREATED)
    if server >= _FIRST_NEW_SERVER:
        return ComposeVersion(Dependents.RESTARTED_IF_SAID, compares_networks=True)
    versions = [tuple(map(int, found.groups())) for one in made_by if (found := _NUMBERS.match(one))]
    newest = max(versions, default=None)
    if newest is None:
        return ComposeVersion(Dependents.RESTARTED, is_certain=False, compares_networks=True)
    if newest >= _FIRST_THAT_CHOOSES:
        return ComposeVersion(Dependents.RESTARTED_IF_SAID, compares_networks=True)
    if newest <= _LAST_THAT_RECREATES:
        return ComposeVersion(Dependents.RECREATED)
    return ComposeVersion(Dependents.RESTARTED, compares_networks=newest >= _FIRST_THAT_COMPARES)
