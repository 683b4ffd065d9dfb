"""The schemas that editors check by: current, right for the example, and wrong for what people mistype."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from phoenix_providers.models.files.json_schema import schema_texts, write_schemas

CONFIG = Path(__file__).parents[4] / "config"
FILES = sorted([*CONFIG.glob("*.yaml"), *CONFIG.glob("stacks/*/phoenix.yaml")])


def errors(content: str, data: Any) -> list[str]:
    schema = json.loads(schema_texts()[f"{content}.schema.json"])
    Draft7Validator.check_schema(schema)
    return [error.message for error in Draft7Validator(schema).iter_errors(data)]


def test_they_are_current() -> None:
    stored = {file.name: file.read_text() for file in (CONFIG / "schema").iterdir()}
    assert stored == schema_texts(), "run `make schema`"


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    assert len(write_schemas(tmp_path)) == 4
    assert write_schemas(tmp_path) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(CONFIG)))
def test_the_example_validates_by_the_schema_that_it_names(file: Path) -> None:
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", file.read_text())
    assert found is not None
    schema = (file.parent / found[1]).resolve()
    assert schema.is_relative_to(CONFIG)
    data = YAML(typ="safe", pure=True).load(file.read_text())
    assert errors(schema.name.removesuffix(".schema.json"), json.loads(json.dumps(data))) == []


def test_every_field_is_described() -> None:
    for name, text in schema_texts().items():
        schema = json.loads(text)
        for part in (schema, *schema["$defs"].values()):
            for key, field in part.get("properties", {}).items():
                # What only refers is described where it refers to.
                assert field.get("description") or "$ref" in field, f"{name}: {key}"


VM = {"vmid": 111, "name": "apps"}
SITE = {"domain_name": "home.example"}
RULE = {"type": "in", "action": "ACCEPT", "proto": "tcp", "port": 22}


@pytest.mark.parametrize(
    ("content", "data"),
    [
        ("vms", {"vms": [VM | {"docker_stack": ["whoami"]}]}),
        ("vms", {"vms": [VM | {"docker_stacks": [{"nmae": "whoami"}]}]}),
        ("vms", {"vms": [VM | {"docker_stacks": "whoami"}]}),
        ("vms", {"vms": [VM | {"portainer_role": "agnet"}]}),
        ("vms", {"vms": [VM | {"network_config": {"ip": "10.0.0.111\\24"}}]}),
        ("vms", {"vms": [VM | {"traefik_service": {"name": "x", "port": 80800}}]}),
        ("vms", {"vms": [{"name": "no number"}]}),
        ("vms", {"vm": []}),
        ("lxcs", {"lxc_configs": {"gateway": {"name": "gateway"}}}),
        ("lxcs", {"lxc_configs": {"101": {}}}),
        ("site", {}),
        ("site", SITE | {"domain": "x"}),
        ("site", SITE | {"firewall": {"global_firewall_rules": [RULE | {"action": "accept"}]}}),
        ("site", SITE | {"firewall": {"default_input_policy": "drop"}}),
        ("site", SITE | {"network": {"portainer_server_port": "https"}}),
        ("site", SITE | {"firewall": {"global_firewall_rules": [RULE | {"source": None}]}}),
        ("site", SITE | {"firewall": {"global_firewall_rules": [RULE | {"port": None}]}}),
        ("site", SITE | {"firewall": {"global_firewall_rules": [RULE | {"dest": " , "}]}}),
        ("site", SITE | {"firewall": {"log_ratelimit": None}}),
        ("site", SITE | {"firewall": {"aliases": {"office": None}}}),
        ("vms", {"vms": [VM | {"firewall": {"input_policy": None}}]}),
        ("vms", {"vms": [VM | {"firewall": {"dhcp": None}}]}),
        ("stack", {"environments": {"production": {"variables": [{"name": "A", "value": {"secrt": "A"}}]}}}),
        ("stack", {"environments": {"production": {"variables": {"A": "x"}}}}),
        ("stack", {"environments": {"production": {"service": {}}}}),
        ("stack", {"environment": {}}),
    ],
)
def test_typical_mistakes_do_not_validate(content: str, data: Any) -> None:
    assert errors(content, data) != []


@pytest.mark.parametrize(
    ("content", "data"),
    [
        ("vms", {"vms": [VM | {"docker_stacks": ["a", {"name": "b", "environment": "staging"}]}], "x-mine": 1}),
        ("vms", {"$schema": "somewhere", "vms": [VM | {"network_config": {"ip": "dhcp"}, "_comment": "mine"}]}),
        ("vms", {"vms": [VM | {"network_config": {"ip": "fd00::11/64"}}]}),
        ("site", SITE | {"firewall": {"global_firewall_rules": [RULE, RULE | {"port": "80,443"}]}}),
        ("stack", {"environments": {"production": {"variables": [{"name": "A", "value": v} for v in ("x", 1, True)]}}}),
        ("stack", {"environments": {"production": {"variables": [{"name": "A", "value": {"secret": "A"}}]}}}),
    ],
)
def test_what_is_meant_validates(content: str, data: Any) -> None:
    assert errors(content, data) == []
