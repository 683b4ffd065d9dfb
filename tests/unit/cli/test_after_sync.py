"""What `phoenix sync` says of routes when the engine is done."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from phoenix_providers.cli import check
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.errors import UnreachableError
from phoenix_providers.models.stack import StackLimits
from phoenix_providers.operations.traefik.route_chain import Chain, Step
from phoenix_providers.planning.routes.route_checks import RouteCheck

ROUTE = RouteCheck("app@1", "app", {}, "app.home.example", "/", ("http://10.0.0.1:80",))
ANSWERED = Chain(ROUTE, (Step("DNS", True, "10.0.0.12"), Step("status", True, "200")))
BROKEN = Chain(ROUTE, (Step("DNS", False, "nobody knows it"),))


def ended(monkeypatch: pytest.MonkeyPatch, chains: Any, limits: StackLimits) -> int:
    folder = SimpleNamespace(manifest=SimpleNamespace(limits=limits))

    def survey(*_: object) -> Any:
        if isinstance(chains, Exception):
            raise chains
        return chains

    monkeypatch.setattr(check, "survey", survey)
    monkeypatch.setattr(check, "stack_configuration", lambda _: SimpleNamespace(stacks={"app": folder}))
    return check.after_sync(Engine(Path("/nowhere"))).code


@pytest.mark.parametrize(
    ("chains", "probe", "code", "words"),
    [
        ((ANSWERED,), "required", 0, ""),
        ((ANSWERED, BROKEN), None, 0, "warning: the sync is done, but not every route is answered"),
        ((ANSWERED, BROKEN), "required", 4, "app@1 demands that its routes are answered"),
        (UnreachableError("Traefik cannot be reached"), "required", 0, "warning: the routes were not followed"),
    ],
)
def test_a_route_without_answer_is_a_warning_unless_the_stack_demands_one(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    chains: Any,
    probe: Any,
    code: int,
    words: str,
) -> None:
    assert ended(monkeypatch, chains, StackLimits(probe=probe)) == code
    assert words in capsys.readouterr().err
