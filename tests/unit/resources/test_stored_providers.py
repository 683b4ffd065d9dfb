"""States of all users name our providers by module and class, and our resources by type: these never change.

What a state names and nothing has is a resource that can be neither read nor deleted; another name of a type is
another resource. A new kind of resource gets a line here, and no line ever leaves.
"""

from __future__ import annotations

import base64
import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import dill
import pytest
from pulumi.dynamic.dynamic import serialize_provider

import phoenix_providers
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import PROVIDER_KEY, PhoenixProvider

PREFIX = "pulumi-python:dynamic/phoenix:"
STORED = {
    "ClosingRules": "phoenix_providers.resources.closing_rules.ClosingRulesProvider",
    "DnsAnswers": "phoenix_providers.resources.dns_answers.DnsAnswersProvider",
    "DnsmasqRecords": "phoenix_providers.resources.dnsmasq_records.DnsmasqRecordsProvider",
    "FirewallCheck": "phoenix_providers.resources.firewall_check.FirewallCheckProvider",
    "FirewallConfirm": "phoenix_providers.resources.firewall_confirm.FirewallConfirmProvider",
    "FirewallName": "phoenix_providers.resources.firewall_name.FirewallNameProvider",
    "FirewallOptions": "phoenix_providers.resources.firewall_options.FirewallOptionsProvider",
    "FirewallWatch": "phoenix_providers.resources.firewall_watch.FirewallWatchProvider",
    "GuestPresence": "phoenix_providers.resources.guest_presence.GuestPresenceProvider",
    "IcmpTypes": "phoenix_providers.resources.icmp_types.IcmpTypesProvider",
    "Inventory": "phoenix_providers.resources.inventory.InventoryProvider",
    "LastWord": "phoenix_providers.resources.last_word.LastWordProvider",
    "PortainerEndpoint": "phoenix_providers.resources.portainer_endpoint.PortainerEndpointProvider",
    "PortainerRegistry": "phoenix_providers.resources.portainer_registry.PortainerRegistryProvider",
    "PortainerStack": "phoenix_providers.resources.portainer_stack.PortainerStackProvider",
    "ReadinessAgain": "phoenix_providers.resources.readiness_again.ReadinessAgainProvider",
    "ReadinessGate": "phoenix_providers.resources.readiness_gate.ReadinessGateProvider",
    "Restoration": "phoenix_providers.resources.restoration.RestorationProvider",
    "TakeOverGuard": "phoenix_providers.resources.take_over_guard.TakeOverGuardProvider",
    "TraefikConfig": "phoenix_providers.resources.traefik_config.TraefikConfigProvider",
    "Verdict": "phoenix_providers.resources.verdict.VerdictProvider",
}
STATES = sorted((Path(__file__).parents[2] / "samples" / "states").glob("*/engine.json"))


def in_product(base: type) -> Iterator[type]:
    """All classes below one, those of tests left out; a class that has further ones below it is only a base."""
    for found in base.__subclasses__():
        below = list(in_product(found))
        yield from below
        if not below and found.__module__.startswith("phoenix_providers."):
            yield found


@pytest.fixture(scope="module", autouse=True)
def everything_imported() -> None:
    for module in pkgutil.walk_packages(phoenix_providers.__path__, "phoenix_providers."):
        # What is run as a program does its work when it is imported.
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


@pytest.fixture(scope="module")
def kept() -> dict[str, set[str]]:
    """The serialized providers that older states hold, by type of the resource."""
    found: dict[str, set[str]] = {}
    for file in STATES:
        for resource in json.loads(file.read_text())["deployment"]["resources"]:
            for properties in (resource.get("inputs", {}), resource.get("outputs", {})):
                if PROVIDER_KEY in properties:
                    found.setdefault(resource["type"].removeprefix(PREFIX), set()).add(properties[PROVIDER_KEY])
    return found


def test_every_provider_has_its_line_and_none_has_gone() -> None:
    found = {f"{provider.__module__}.{provider.__qualname__}" for provider in in_product(PhoenixProvider)}
    assert found == set(STORED.values())


def test_every_type_of_resource_has_its_line_and_none_has_gone() -> None:
    # The engine writes `pulumi-python:` in front.
    types = {f"pulumi-python:{resource._resource_type_name}" for resource in in_product(PhoenixResource)}
    assert types == {PREFIX + kind for kind in STORED}


def test_the_older_states_hold_nothing_else(kept) -> None:
    assert len(STATES) > 1
    assert len(kept) > 20
    assert kept.keys() <= STORED.keys()


@pytest.mark.parametrize("kind", STORED)
def test_what_a_state_holds_is_what_is_written_today(kind: str, kept) -> None:
    """Another text for the same provider would be a change of every resource."""
    module, _, name = STORED[kind].rpartition(".")
    provider = getattr(importlib.import_module(module), name)
    today = serialize_provider(provider())
    for text in (today, *kept.get(kind, ())):
        assert type(dill.loads(base64.b64decode(text))) is provider
        assert text == today
