"""The picture of a folder of files, with all secrets set."""

from __future__ import annotations

from pathlib import Path

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.graph.of_plan import picture_of
from phoenix_providers.planning.site.graph.picture import Picture

EXAMPLE = Path(__file__).parents[5] / "config"
SECRETS = frozenset({"MINIFLUX_DB_PASSWORD", "PAPERLESS_SECRET_KEY", "RESTIC_PASSWORD"})


def drawn(folder: Path) -> Picture:
    configuration = load_configuration(folder, Settings(secrets=SECRETS))
    return picture_of(configuration, plan_site(configuration))
