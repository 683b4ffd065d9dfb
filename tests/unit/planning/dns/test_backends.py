"""What has to name every back end of DNS names all of them, and what users and states know of them stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from phoenix_providers.models.dns import DnsBackendName
from phoenix_providers.planning.dns.backends.table import BACKENDS, published_names, targets
from phoenix_providers.planning.firewall.connections.product_connections import OF_PRODUCTS
from phoenix_providers.program.dns.backends.table import DECLARING

SCHEMA = Path(__file__).parents[4] / "config" / "schema" / "site.schema.json"
LINES = {"entry": [{"address": "10.0.0.12", "hostnames": ["a.home.lan", "b.home.lan"]}]}
TEXT = {"text": "", "written": "# ours\n10.0.0.9 c.home.lan\n"}


def test_site_file_schema_and_both_tables_have_the_same_back_ends() -> None:
    words = set(get_args(DnsBackendName))
    schema = json.loads(SCHEMA.read_text())
    assert set(schema["$defs"]["DnsServer"]["properties"]["backend"]["enum"]) == words
    assert BACKENDS.keys() == DECLARING.keys() == words


def test_what_states_and_settings_of_users_name_stays() -> None:
    assert ("dnsmasq_target", "dnsmasq-target") in [(one.check, one.connection) for one in targets()]
    assert BACKENDS["dnsmasq"].recorded_as("pve") == "dnsmasq"
    assert BACKENDS["hosts"].recorded_as("pve") == "hosts@pve"


def test_who_has_a_resource_says_which_output_tells_the_names() -> None:
    assert all(bool(one.recorded_as("pve")) == bool(one.told_by) for one in BACKENDS.values())


def test_no_target_takes_the_name_of_another_product() -> None:
    checks = [*OF_PRODUCTS, *(one.check for one in targets())]
    connections = [*OF_PRODUCTS.values(), *(one.connection for one in targets())]
    assert len({*checks}) == len(checks)
    assert len({*connections}) == len(connections)
    assert not [name for name in connections if "@" in name]


@pytest.mark.parametrize(
    ("outputs", "found"),
    [
        ({}, {}),
        ({"hosts@pve2": LINES}, {}),
        ({"hosts@pve": LINES}, {"a.home.lan": "10.0.0.12", "b.home.lan": "10.0.0.12"}),
        ({"hosts@pve": {}}, None),
        ({"dnsmasq": TEXT}, {"c.home.lan": "10.0.0.9"}),
        ({"dnsmasq": {"text": "10.0.0.9 c.home.lan\n"}}, None),
        pytest.param({"hosts@pve": LINES, "dnsmasq": TEXT}, {"c.home.lan": "10.0.0.9"}, id="a change on its way"),
    ],
)
def test_published_names_are_those_of_the_back_end_that_the_state_has(
    outputs: dict[str, Any], found: dict[str, str] | None
) -> None:
    assert published_names(outputs, "pve") == found
