"""From the engine's exit code and messages to ours."""

from __future__ import annotations

import pytest

from phoenix_providers.cli.engine.exit_codes import exit_code


@pytest.mark.parametrize(
    ("engine_code", "messages", "expected"),
    [
        (0, ["anything"], 0),
        (0, [], 0),
        (0, ["anything else"], 0),
        (0, ["not as declared: 1 stack is not as declared"], 4),
        (1, ["configuration: 2 problems\n  at: site.yaml:3"], 2),
        (1, ["not ready: One product is not ready"], 3),
        (1, ["not as declared: 1 thing is not as declared"], 4),
        (1, ["refused: 3 of 5 stacks would be deleted"], 5),
        (1, ["reverted: Traefik did not take the file"], 7),
        (1, ["something else entirely"], 4),
        (8, [], 8),
        (255, ["update canceled"], 8),
        (255, ["<{%reset%}>preview canceled<{%reset%}>"], 8),
        # On a terminal the engine's log keeps the marks for colours.
        (0, ["<{%reset%}>configuration: grafana is blocked\n  at: vms.yaml:3<{%reset%}>"], 2),
        (255, ["<{%reset%}><{%fg 1%}>refused: 3 of 5 stacks would be deleted<{%reset%}>"], 5),
        (255, ["<{%reset%}>update failed<{%reset%}>", "<{%reset%}>\n<{%bold%}>not ready: One product is not ready"], 3),
    ],
)
def test_exit_code(engine_code: int, messages: list[str], expected: int) -> None:
    assert exit_code(engine_code, messages) == expected
