"""Which environments a run for one stack finds, and which it has to make first."""

from __future__ import annotations

from phoenix_providers.cli.sync import made_environments


def test_an_environment_without_a_number_is_not_made_yet() -> None:
    urn = "urn:pulumi:prod::phoenix::pulumi-python:dynamic/phoenix:"
    resources = [
        {"urn": f"{urn}PortainerEndpoint::environment@111", "outputs": {"environment_id": 3}},
        {
            "urn": f"{urn}PortainerEndpoint::environment@112",
            "outputs": {"environment_id": 0, "failure": "not reachable"},
        },
        {"urn": f"{urn}PortainerEndpoint::environment@113"},
        {"urn": f"{urn}PortainerStack::web@111", "outputs": {"environment_id": 3}},
    ]
    assert made_environments(resources) == {"environment@111"}
