"""How a simulated container behaves, read from what a person would write to get that from a real engine.

A label `phoenix.lab.behaviour` or an image `lab/BEHAVIOUR` asks for it outright. Beyond that the commands `false`
and `true`, a health check that runs `false`, a command below `/no/`, and an image of the owner, or with the tag,
`nosuch` do what they would do anywhere.
"""

from __future__ import annotations

from enum import StrEnum

from phoenix_providers.lab.docker.project import Service

LABEL = "phoenix.lab.behaviour"
HEALTH_SECONDS_LABEL = "phoenix.lab.health-seconds"
# How long a container takes to end when it is told to; one that gets less time is killed.
STOP_SECONDS_LABEL = "phoenix.lab.stop-seconds"
# A tag that no repository has.
NO_SUCH_TAG = ":nosuch"
# How long a container in a crash loop runs each time; it is back at once, and seen running.
CRASH_SECONDS = 0.3


class Behaviour(StrEnum):
    """What a container does once it is started."""

    NORMAL = "normal"
    UNHEALTHY = "unhealthy"
    EXIT = "exit"
    RESTART = "restart"
    CRASH_LOOP = "crash-loop"
    ONE_SHOT = "one-shot"
    MISSING_IMAGE = "missing-image"
    BAD_COMMAND = "bad-command"


def behaviour_of(service: Service) -> Behaviour:
    """Return how containers of this service behave."""
    asked = service.labels.get(LABEL) or _asked_by_image(service.image)
    if asked in set(Behaviour):
        return Behaviour(asked)
    if service.image.startswith("nosuch/") or service.image.endswith(NO_SUCH_TAG):
        return Behaviour.MISSING_IMAGE
    return _by_command(service)


def _asked_by_image(image: str) -> str:
    owner, _, rest = image.partition("/")
    return rest.partition(":")[0] if owner == "lab" else ""


def _by_command(service: Service) -> Behaviour:
    program = service.command[0] if service.command else ""
    if program.startswith("/no/"):
        return Behaviour.BAD_COMMAND
    if program in ("false", "true"):
        if service.restart not in ("no", "none", "on-failure") or (program == "false" and service.restart != "no"):
            return Behaviour.RESTART
        return Behaviour.EXIT if program == "false" else Behaviour.ONE_SHOT
    return Behaviour.UNHEALTHY if service.health_command[-1:] == ("false",) else Behaviour.NORMAL
