"""Whose state it is: the site's id in the settings, beside the one that the state has."""

from __future__ import annotations

from phoenix_providers.errors import UnsafeError


def refuse_foreign_state(recorded: str, site_id: str | None, stack: str) -> None:
    """Refuse to go on with the state of another site; a site or a state without an id is nobody's.

    Args:
        recorded: The id that the state has; empty if it has none.
        site_id: The id of the site at hand.
        stack: The Pulumi stack, PROJECT/STACK.

    Raises:
        UnsafeError: They differ.
    """
    if not recorded or not site_id or recorded == site_id:
        return
    raise UnsafeError(
        "the state of this Pulumi stack belongs to another site; nothing was changed",
        where=f"stack {stack}, phoenix:siteId",
        seen=f"{recorded} in the state, {site_id} in the settings",
        expected="a state of this site's own, or a new one",
        next_step="pulumi stack init NAME   (makes one for this site; or go to the folder of the other site).\n"
        f"            If this site takes the place of that one: pulumi config set phoenix:siteId {recorded}",
    )
