"""Whether somebody else has changed what a run changes."""

from __future__ import annotations

from phoenix_providers.planning.site.changes.change import Action
from phoenix_providers.planning.site.changes.resource_change import ResourceChange


def test_what_the_last_run_could_not_do_was_changed_by_nobody_else() -> None:
    declared, other = {"compose": "b"}, {"compose": "a"}

    def is_drift(failure: str) -> bool:
        live = other | {"failure": failure}
        return ResourceChange("web@111", "PortainerStack", Action.CHANGE, declared, live, declared).is_drift

    assert is_drift("")
    assert not is_drift("its deploy failed")
    assert not ResourceChange("web@111", "PortainerStack", Action.CHANGE, other, other, declared).is_drift
