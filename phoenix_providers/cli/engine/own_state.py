"""The resources of the state, for commands that change it before the program has had its say."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.models.engine_properties import EngineRecord
from phoenix_providers.planning.site.identity import refuse_foreign_state
from phoenix_providers.resources.inventory import SITE_ID


def own_state(engine: Engine, site_id: str | None) -> Sequence[EngineRecord]:
    """Return the resources of the state, secrets encrypted.

    Raises:
        UnsafeError: It is the state of another site.
    """
    return of_own_site(engine.resources(), site_id)


def of_own_site(resources: Sequence[EngineRecord], site_id: str | None) -> Sequence[EngineRecord]:
    """Return the resources of a state.

    Raises:
        UnsafeError: It is the state of another site.
    """
    for item in resources:
        place, _, name = str(item["urn"]).rpartition("::")
        if name == "inventory":
            stack, project = place.removeprefix("urn:pulumi:").split("::")[:2]
            recorded = (item.get("outputs") or {}).get(SITE_ID)
            refuse_foreign_state(str(recorded or ""), site_id, f"{project}/{stack}")
    return resources
