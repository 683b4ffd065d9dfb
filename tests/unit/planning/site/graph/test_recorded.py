"""How things were, by the state."""

from __future__ import annotations

from typing import Any

from phoenix_providers.models.observed import AS_DECLARED
from phoenix_providers.planning.site.graph.overlay import Standing
from phoenix_providers.planning.site.graph.recorded import recorded_standings
from phoenix_providers.planning.stacks.health import HealthStatus

KIND = "pulumi-python:dynamic/phoenix"


def item(kind: str, name: str, **outputs: Any) -> dict[str, Any]:
    own = f"{KIND}:{kind}"
    return {"urn": f"urn:pulumi:prod::site::{own}::{name}", "type": own, "outputs": outputs}


def one(kind: str, name: str, **outputs: Any) -> Standing:
    (found,) = recorded_standings([item(kind, name, **outputs)]).items()
    assert found[0] == name
    return found[1]


def test_a_stack_that_is_as_declared_is_healthy() -> None:
    found = one("PortainerStack", "web@1", failure="", observed=AS_DECLARED, stack_id=4)
    assert found == Standing(HealthStatus.HEALTHY)
    assert found.marks == ()


def test_a_stack_that_failed_says_why() -> None:
    reason = "web: web-1 is exited, exit code 137"
    found = one("PortainerStack", "web@1", failure=reason, observed=reason, stack_id=4)
    assert found == Standing(HealthStatus.DEGRADED, detail=reason)
    assert found.marks == ("✗ degraded",)


def test_one_that_was_never_there_is_missing_and_one_that_is_blocked_unknown() -> None:
    assert one("PortainerStack", "web@1", failure="no image").health is HealthStatus.MISSING
    assert one("PortainerStack", "web@1", blocked="no compose file").detail == "no compose file"
    assert one("PortainerStack", "web@1", blocked="no compose file").health is HealthStatus.UNKNOWN


def test_what_was_seen_otherwise_is_drift() -> None:
    found = one("PortainerStack", "web@1", failure="", observed="web is exited", stack_id=4)
    assert (found.health, found.drift, found.marks) == (HealthStatus.HEALTHY, "web is exited", ("≠ drift",))


def test_an_environment_answers_or_does_not() -> None:
    assert one("PortainerEndpoint", "environment@1", failure="").health is HealthStatus.HEALTHY
    assert one("PortainerEndpoint", "environment@1", failure="silent").health is HealthStatus.DEGRADED


def test_what_is_secret_or_no_thing_of_the_picture_is_left_out() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:canary"}
    assert "canary" not in repr(one("PortainerStack", "web@1", failure=secret))
    leaving = {**item("PortainerStack", "web@1"), "delete": True}
    assert recorded_standings([item("Verdict", "verdict"), leaving]) == {}
