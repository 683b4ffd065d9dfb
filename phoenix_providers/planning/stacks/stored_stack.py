"""A stack's outputs as the state has them: nothing stands there twice, and nothing that is empty.

What worked last is as a rule what is declared, and what is published as well: both are marks then, and no copies.
"""

from __future__ import annotations

from phoenix_providers.models.engine_properties import Properties, StoredProperties

_CONTENT = ("compose", "env", "services")
_GOOD, _ROUTES, _PUBLISHED = "last_good", "routes", "live_routes"
# Says that the content of the same outputs is what worked last.
_WORKS = "works"
# What is remembered only where something is wrong.
_OF_FAILURES = (_GOOD, "failed_digest", "failed_reason", "unpulled", "unsettled", "revived", "limits")


def stored(outputs: StoredProperties) -> Properties:
    """Return outputs as the state shall have them."""
    left_out = {key for key in _OF_FAILURES if not outputs.get(key)}
    if _PUBLISHED in outputs and outputs.get(_ROUTES) == outputs[_PUBLISHED]:
        left_out.add(_ROUTES)
    works = bool(outputs.get(_GOOD)) and outputs[_GOOD] == _content(outputs)
    if works:
        left_out.add(_GOOD)
    kept = {key: value for key, value in outputs.items() if key not in left_out}
    return kept | ({_WORKS: True} if works else {})


def remembered(outputs: StoredProperties) -> Properties:
    """Return outputs as they were before they were stored; an older version stored them as they were."""
    found = {key: value for key, value in outputs.items() if key != _WORKS}
    if outputs.get(_WORKS):
        found[_GOOD] = _content(outputs)
    if _PUBLISHED in outputs and _ROUTES not in outputs:
        found[_ROUTES] = outputs[_PUBLISHED]
    return found


def _content(outputs: StoredProperties) -> Properties:
    return {key: outputs.get(key) for key in _CONTENT}
