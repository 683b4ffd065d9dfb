"""What differs between the declared stack and the one at Portainer, in a few words that show no value."""

from __future__ import annotations

from collections.abc import Mapping


def stack_drift(
    wanted_compose: str, live_compose: str, wanted_env: Mapping[str, str], live_env: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the reasons to deploy again; empty when nothing differs.

    Texts are compared exactly, since Portainer keeps every byte. Values are those that containers see, already decoded;
    their order does not matter.
    """
    reasons = [] if wanted_compose == live_compose else ["compose"]
    if changes := env_drift(wanted_env, live_env):
        reasons.append(f"env: {', '.join(changes)}")
    return tuple(reasons)


def env_drift(wanted: Mapping[str, str], live: Mapping[str, str]) -> tuple[str, ...]:
    """Return what differs by name: "A, B changed", "C missing", "D not declared"; never a value."""
    kinds = (
        ("changed", sorted(name for name in wanted.keys() & live.keys() if wanted[name] != live[name])),
        ("missing", sorted(wanted.keys() - live.keys())),
        ("not declared", sorted(live.keys() - wanted.keys())),
    )
    return tuple(f"{', '.join(names)} {word}" for word, names in kinds if names)
