"""A state that is lost: what our files in Traefik's directory publish goes on, whatever is wrong with whom."""

from __future__ import annotations

import pytest

from phoenix_providers.cli.rehearsal.expected_routes import expected_routes
from phoenix_providers.lab.probe import ask

pytestmark = [pytest.mark.engine, pytest.mark.faults]


def lose_state(rehearsal) -> None:
    for words in (("rm", "--force", "--yes", "--preserve-config"), ("init", "lab", "--secrets-provider", "passphrase")):
        done = rehearsal.pulumi("stack", *words)
        assert done.code == 0, done.output


def test_no_route_is_gone_with_it(rehearsal) -> None:
    routes = expected_routes(rehearsal.plan)

    def silent() -> list[str]:
        replies = [(route, ask(rehearsal.lab.traefik_url, route.host, route.path)) for route in routes]
        return [route.host for route, reply in replies if not route.matches(reply)]

    containers = rehearsal.by_hand.container_ids()
    assert silent() == []
    stacks = rehearsal.config / "stacks"
    compose = stacks / "grafana" / "docker-compose.yml"
    good = compose.read_text()
    compose.write_text(good + "\nnonsense: 1\n")
    manifest = stacks / "vaultwarden" / "phoenix.yaml"
    manifest.write_text(f"x-phoenix: {{hold: true}}\n{manifest.read_text()}")

    lose_state(rehearsal)
    stack = rehearsal.stack("homepage")
    done = rehearsal.phoenix("sync", "stack", stack.name, "to", str(stack.vmid), "--yes")
    assert done.code == 0, done.output
    assert silent() == []
    for _ in range(2):
        done = rehearsal.phoenix("sync", "all", "--yes")
        assert done.code == 2, done.output
        assert "nonsense" in done.output
        assert silent() == []

    compose.write_text(good)
    manifest.write_text(manifest.read_text().partition("\n")[2])
    rehearsal.must_up()
    rehearsal.must_be_in_sync()
    assert silent() == []
    assert rehearsal.by_hand.container_ids() == containers


def test_what_no_file_declares_any_more_is_refused_by_name(rehearsal) -> None:
    manifest = rehearsal.config / "stacks" / "homepage" / "phoenix.yaml"
    manifest.write_text(f"x-phoenix: {{routes: false}}\n{manifest.read_text()}")
    host = "start.home.example"
    lose_state(rehearsal)
    # Its name in DNS is another matter.
    done = rehearsal.phoenix("adopt", "--yes")
    assert done.code == 0, done.output
    for command in (("--preview",), ("--yes",)):
        done = rehearsal.phoenix("sync", "all", *command)
        assert done.code == 5, done.output
        assert f"homepage: Host(`{host}`)" in done.output
        assert ask(rehearsal.lab.traefik_url, host).identity
    done = rehearsal.phoenix("sync", "all", "--yes", "--allow-delete", "1")
    assert done.code == 0, done.output
    assert not ask(rehearsal.lab.traefik_url, host).identity
    rehearsal.must_be_in_sync()
