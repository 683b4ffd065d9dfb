"""Configurations from a few lines, loaded as real files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site_plan import SitePlan

SITE = {"domain_name": "home.lan", "network": {"interfaces": {"address": "10.0.0.13/24"}}}
LXCS = {"lxc_configs": {"102": {"name": "traefik", "network_config": {"ip": "10.0.0.12/24"}}}}
VM = {
    "vmid": 201,
    "name": "apps",
    "network_config": {"ip": "10.0.0.21/24"},
    "portainer_role": "agent",
    "portainer_environment_name": "apps",
}
COMPOSE = "services:\n  web:\n    image: nginx\n    ports:\n      - '8080:80'\n"

MakePlan = Callable[..., SitePlan]


@pytest.fixture
def make_plan(tmp_path: Path) -> MakePlan:
    """Plan a site with one agent VM (201), one Traefik container, and the given stacks on the VM.

    `stacks` maps a name to (compose text, manifest for production).
    """

    def make(
        stacks: Mapping[str, tuple[str, Mapping[str, Any]]] | None = None,
        *,
        site: Mapping[str, Any] | None = None,
        vms: list[Mapping[str, Any]] | None = None,
        files: Mapping[str, bytes] | None = None,
        **settings: Any,
    ) -> SitePlan:
        folder = tmp_path / "config"
        (folder / "stacks").mkdir(parents=True)
        names = list(stacks or ())
        (folder / "site.yaml").write_text(json.dumps({**SITE, **(site or {})}))
        (folder / "lxcs.yaml").write_text(json.dumps(LXCS))
        (folder / "vms.yaml").write_text(json.dumps({"vms": vms or [{**VM, "docker_stacks": names}]}))
        for name, (compose, manifest) in (stacks or {}).items():
            (folder / "stacks" / name).mkdir()
            (folder / "stacks" / name / "docker-compose.yml").write_text(compose)
            environments = {"environments": {"production": manifest}}
            (folder / "stacks" / name / "phoenix.json").write_text(json.dumps(environments))
        for name, content in (files or {}).items():
            (folder / "stacks" / name).write_bytes(content)
        return plan_site(load_configuration(folder, Settings(**settings)))

    return make
