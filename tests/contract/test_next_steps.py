"""Every error that a user may meet says what to do next."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from phoenix_providers import errors
from phoenix_providers.errors import PhoenixError
from phoenix_providers.planning.stacks.cures import cure

CODE = Path(errors.__file__).parent
# These carry explanations, each with a next step of its own.
CARRIERS = {"ConfigurationError", "NotReadyError", "DeploymentError", "GateTimeoutError"}
MADE = {"Explanation"} | {
    name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, PhoenixError)
} - CARRIERS
_POSITION_OF_NEXT = 5
# Places whose text has the next step already.
EXCEPTIONS = {("resources/verdict.py", "RevertedError")}


def made_without_next() -> Iterator[tuple[str, str]]:
    for file in sorted(CODE.rglob("*.py")):
        place = str(file.relative_to(CODE))
        # The stand-ins' errors are those of the products.
        if place.startswith("lab/"):
            continue
        for call in ast.walk(ast.parse(file.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            keywords = {keyword.arg for keyword in call.keywords}
            says = "next_step" in keywords or None in keywords or len(call.args) >= _POSITION_OF_NEXT
            if name in MADE and not says:
                yield place, name


def test_every_error_is_made_with_a_next_step() -> None:
    assert set(made_without_next()) == EXCEPTIONS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the image nosuch/app:1 cannot be pulled: manifest unknown", "docker pull nosuch/app:1 "),
        ("the image app:1 was not pulled: no answer", "docker pull app:1 "),
        ("the image own:1 is not there, and pull_policy is never", "pull_policy"),
        ("web is unhealthy\n  last lines: …", "docker logs"),
        ("the port 8080 is taken by another program", "run the same command again"),
    ],
)
def test_whatever_is_wrong_with_a_stack_has_a_cure(text: str, words: str) -> None:
    assert words in cure(text)


def test_a_text_with_a_next_step_gets_no_other() -> None:
    assert cure("not reachable: the agent does not answer\n  next:     docker start portainer_agent") == ""
