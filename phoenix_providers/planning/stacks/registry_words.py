"""What Docker says of an image when it has asked its registry, read for one thing: whether `up` could not have it."""

from __future__ import annotations

import re

# As Docker Engine 20.10 to 29 gives them from `/distribution/NAME/json`, behind the status. Portainer's own refusals
# begin otherwise ("Access denied", "Invalid request signature"), and so does everything that only failed now.
_NO = re.compile(
    r"""^HTTP\ (?:
        404\ (?:errors:\ )?(?:manifest|name)\ unknown
      | 40[13]\ (?:errors:\ )?(?:denied|unauthorized)
      | 400\ invalid\ reference\ format
      | 500\ unknown:\ (?:artifact|repository|project)\ \S+\ not\ found
      | 500\ (?:Get|Head)\ "[^"]*":\ no\ basic\ auth\ credentials
    )""",
    re.VERBOSE,
)


def says_no(seen: str) -> bool:
    """Whether a registry has answered that there is no such image for whoever asked; silence is no answer."""
    return _NO.match(seen) is not None
