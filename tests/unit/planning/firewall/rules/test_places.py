"""Where every rule stands in the files, so that a message can name its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.firewall.rules.places import place_of_rule, section_of
from phoenix_providers.planning.site.derive import plan_site

SITE = """\
domain_name: home.lan
network: {interfaces: {address: 10.0.0.13/24}}
firewall:
  enabled: true
  ip_sets:
    Blacklist:
      members:
        - 10.0.0.99
        - cidr: 10.0.9.7/24
          comment: a neighbour
  security_groups:
    web:
      rules:
        - {proto: tcp, port: 80}
        - {action: DROP}
  global_firewall_rules:
    - {action: DROP, source: 10.0.0.5, enabled: false}
    - {proto: tcp, port: 22}
    - {action: DROP, source: 10.0.0.5}
"""
VMS = """\
vms:
  - vmid: 201
    name: apps
    network_config: {ip: 10.0.0.21/24}
    firewall:
      rules:
        - {action: DROP, source: 10.0.0.5}
        - {proto: tcp, port: 22}
"""


@pytest.mark.parametrize("placement", ["guest", "cluster"])
def test_places(tmp_path: Path, placement: str) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "vms.yaml").write_text(VMS)
    plan = plan_site(load_configuration(tmp_path, Settings(firewall_placement=placement)))
    places = plan.rule_places
    found = {key: place_of_rule(places, *key.split("/", 1)).rpartition("/")[2] for key in places if "/" in key}
    # Of copies the one that counts.
    of_site = {"0/0": "site.yaml:18", "0/1": "site.yaml:19"}
    lists = {
        "guest": {**of_site, "201/0": "vms.yaml:7", "201/1": "vms.yaml:8"},
        # There the guest's rules are copies of the datacenter's.
        "cluster": of_site,
    }
    assert found == {
        **lists[placement],
        "ip-set@blacklist/10.0.0.99": "site.yaml:8",
        "ip-set@blacklist/10.0.9.0/24": "site.yaml:9",
        "security-group@web/0": "site.yaml:14",
        "security-group@web/1": "site.yaml:15",
    }
    assert len(plan.firewall.cluster) == sum(key.startswith("0/") for key in found)
    assert section_of(places, "0", 0) == section_of(places, "0", 1)
    assert section_of(places, "0", 0) != section_of(places, "security-group@web", 0)
