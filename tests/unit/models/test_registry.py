"""Private registries in the site file, and the hosts that images name."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.errors import ConfigurationError
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.image_name import familiar_name, registry_of
from phoenix_providers.models.settings import Settings

SITE = "domain_name: home.lan\nregistries:\n  - {{name: team, url: {url}, user: x, password: {password}}}\n"


def load(folder: Path, url: str, password: str = "{secret: TEAM}") -> ConfigurationError | None:
    (folder / "site.yaml").write_text(SITE.format(url=url, password=password))
    (folder / "lxcs.yaml").write_text("lxc_configs: {102: {name: traefik, network_config: {ip: 10.0.0.12/24}}}\n")
    (folder / "vms.yaml").write_text("vms: []\n")
    try:
        load_configuration(folder, Settings())
    except ConfigurationError as error:
        return error
    return None


@pytest.mark.parametrize("url", ["ghcr.io", "registry.example:5000", "docker.io", "localhost:5000", "10.0.0.5:5000"])
def test_hosts_are_taken(tmp_path: Path, url: str) -> None:
    assert load(tmp_path, f'"{url}"') is None


@pytest.mark.parametrize("url", ["https://ghcr.io", "ghcr.io/", "registry.gitlab.com/group", "", "GHCR.io"])
def test_what_is_no_host_is_refused(tmp_path: Path, url: str) -> None:
    error = load(tmp_path, f'"{url}"')
    assert error is not None
    assert "registry.example:5000 or ghcr.io" in str(error)
    assert "site.yaml:3" in str(error)


def test_a_password_in_clear_is_refused_and_not_repeated(tmp_path: Path) -> None:
    error = load(tmp_path, "ghcr.io", "canary-password")
    assert error is not None
    assert "registries[0].password" in str(error)
    assert "canary" not in str(error)


@pytest.mark.parametrize(
    ("image", "host"),
    [
        ("nginx", "docker.io"),
        ("grafana/grafana:12", "docker.io"),
        ("docker.io/library/nginx", "docker.io"),
        ("ghcr.io/owner/app:1", "ghcr.io"),
        ("registry:5000/app", "registry:5000"),
        ("localhost/app", "localhost"),
        ("registry.example:5000/a/b@sha256:0123", "registry.example:5000"),
        ("name:1.2", "docker.io"),
    ],
)
def test_the_registry_of_an_image(image: str, host: str) -> None:
    assert registry_of(image) == host


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("nginx", "nginx:latest"),
        ("docker.io/library/nginx:1", "nginx:1"),
        ("library/nginx:1", "nginx:1"),
        ("ghcr.io/o/app", "ghcr.io/o/app:latest"),
        ("host:5000/app", "host:5000/app:latest"),
        ("host:5000/app:2", "host:5000/app:2"),
        ("o/app:2@sha256:ab", "o/app@sha256:ab"),
        ("o/app@sha256:ab", "o/app@sha256:ab"),
    ],
)
def test_a_name_as_docker_lists_it(image: str, name: str) -> None:
    assert familiar_name(image) == name
