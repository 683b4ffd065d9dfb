"""Foreign hosts entries are written where they stay: for one node, or for each of several."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.cli.site_file_edit import keep_foreign
from phoenix_providers.models.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.adoption import adoption
from phoenix_providers.planning.derive import plan_site
from phoenix_providers.planning.hosts import static_entries
from phoenix_providers.planning.proxmox_words import wanted_by_scope
from phoenix_providers.planning.take_over import FoundOnProxmox

ONE = "domain_name: home.lan\nnetwork:\n  interfaces: {address: 10.0.0.13/24}\n"
TWO = ONE + "  nodes:\n    # the second one\n    pve2: {address: 10.0.0.14/24}\n"
FOUND = {
    "pve": "10.0.0.13 pve.old.lan pve\n10.0.0.14 pve2.home.lan pve2\n10.9.9.9 z.lan\n10.9.9.8 a.lan\n",
    "pve2": "10.0.0.14 pve2.home.lan pve2\n10.0.0.13 pve.home.lan pve\n10.9.9.7 scanner.lan # up\n",
}


@pytest.mark.parametrize(
    ("site", "kept"),
    [
        # The short name of another node is nobody's as long as that node is not in the files.
        (ONE, {"pve": [("pve2",), ("z.lan",), ("a.lan",)]}),
        (TWO, {"pve": [("z.lan",), ("a.lan",)], "pve2": [("scanner.lan",)]}),
    ],
)
def test_what_is_foreign_on_a_node_stays_on_that_node(
    tmp_path: Path, site: str, kept: dict[str, list[tuple[str, ...]]]
) -> None:
    (tmp_path / "site.yaml").write_text(site)
    (tmp_path / "vms.yaml").write_text("vms: []\n")
    (tmp_path / "lxcs.yaml").write_text("lxc_configs: {102: {name: traefik, network_config: {ip: 10.0.0.12/24}}}\n")
    configuration = load_configuration(tmp_path, Settings())
    wanted = {
        scope: files for scope, files in wanted_by_scope(plan_site(configuration)).items() if scope.kind == "node"
    }
    taken = [
        adoption(scope, {f"hosts@{scope.node}"}, FoundOnProxmox(hosts=FOUND[scope.node]), files)
        for scope, files in wanted.items()
    ]
    keep_foreign(configuration, taken)
    configuration = load_configuration(tmp_path, Settings())
    assert configuration.problems == ()
    found = {scope.node: [entry.names for entry in static_entries(configuration, scope.node)] for scope in wanted}
    assert found == kept
    assert ("# the second one" in (tmp_path / "site.yaml").read_text()) is (site == TWO)
