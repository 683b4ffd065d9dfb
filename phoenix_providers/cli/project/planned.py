"""The files of a site and what follows from them, for commands that need both more than once."""

from __future__ import annotations

from typing import NamedTuple

from phoenix_providers.cli.project.offline_plan import with_secrets_set
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site_plan import SitePlan


class Planned(NamedTuple):
    """What the files declare; secrets that they name count as set, since the run itself says which are not."""

    configuration: Configuration
    plan: SitePlan

    @classmethod
    def of(cls, configuration: Configuration) -> Planned:
        """Plan a configuration."""
        configuration = with_secrets_set(configuration)
        return cls(configuration, plan_site(configuration))
