"""No secret value is anywhere in clear: state, previews, diffs, output, logs; not even when a deployment fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from phoenix_providers.lab.docker.private_registry import PASSWORD, USER

pytestmark = pytest.mark.engine

SECRET, PLAIN = "canary-secret-5f1c", "canary-plain-77ab"


def assert_hidden(*texts: str) -> None:
    for text in texts:
        for canary in (SECRET, PLAIN, PASSWORD):
            at = text.find(canary)
            assert at < 0, text[max(0, at - 300) : at + 100]


def text_of(file: Path) -> str:
    """Return a file's text; an image whose name holds a value has to be asked for by that name."""
    lines = file.read_bytes().decode(errors="replace").splitlines()
    return "\n".join(line for line in lines if "/docker/images/" not in line)


def files_of(rehearsal) -> list[Path]:
    """Everything that a run leaves behind.

    The configuration itself holds a value, and what stands in for Portainer and Docker has to know both.
    """
    home = rehearsal.home
    left = [file for file in home.folder.rglob("*") if file.is_file() and not file.is_relative_to(rehearsal.config)]
    logs, routes = (".log", ".jsonl"), Path(rehearsal.lab.traefik_target)
    return [
        file
        for file in left
        if not file.is_relative_to(home.products) or file.suffix in logs or file.is_relative_to(routes)
    ]


def test_canaries_are_nowhere(start_lab) -> None:
    rehearsal = start_lab()
    rehearsal.pulumi("config", "set", "--secret", "--path", "phoenix:secrets.MINIFLUX_DB_PASSWORD", SECRET)
    manifest = rehearsal.config / "stacks" / "grafana" / "phoenix.yaml"
    variables = f"    variables:\n      - {{name: GRAFANA_TOKEN, value: {PLAIN}}}\n"
    manifest.write_text(manifest.read_text().replace("    services:\n", f"{variables}    services:\n"))
    # A private registry, from which one stack has its image.
    rehearsal.pulumi("config", "set", "--secret", "--path", "phoenix:secrets.REGISTRY", PASSWORD)
    site = rehearsal.config / "site.yaml"
    registry = f"{{name: team, url: private.registry.test, user: {USER}, password: {{secret: REGISTRY}}}}"
    site.write_text(f"{site.read_text()}registries: [{registry}]\n")
    private = rehearsal.config / "stacks" / "grafana" / "docker-compose.yml"
    private.write_text(private.read_text().replace("image: ", "image: private.registry.test/"))
    outputs = [
        rehearsal.phoenix(
            "render", "--config", str(rehearsal.config), "--set", f"secrets.MINIFLUX_DB_PASSWORD={SECRET}"
        ),
        rehearsal.pulumi("preview", "--diff"),
        rehearsal.up("--diff"),
    ]
    assert outputs[-1].code == 0, outputs[-1].output
    miniflux = rehearsal.stack("miniflux").project
    env = {item["name"]: item["value"] for item in rehearsal.by_hand.stack(miniflux)["Env"]}
    assert SECRET in env.values()

    # Another value, as drift: the difference names the variable, and shows neither value.
    rehearsal.by_hand.change_env(miniflux, {"MINIFLUX_DB_PASSWORD": "canary-secret-5f1c-changed"})
    outputs += [rehearsal.pulumi("preview", "--diff", "--refresh"), rehearsal.up("--diff")]

    # A deployment that fails with the value in the product's own message.
    compose = rehearsal.config / "stacks" / "miniflux" / "docker-compose.yml"
    good = compose.read_text()
    compose.write_text(good.replace("image: ", "image: nosuch/${MINIFLUX_DB_PASSWORD}/", 1))
    outputs.append(rehearsal.phoenix("sync", "all", "--yes"))
    assert outputs[-1].code == 4, outputs[-1].output
    assert "nosuch/[secret]/" in outputs[-1].output
    # The second run remembers the reason that the product gave.
    outputs.append(rehearsal.phoenix("sync", "all", "--yes"))
    assert outputs[-1].code == 4, outputs[-1].output
    exported = rehearsal.pulumi("stack", "export").output
    assert_hidden(*(done.output for done in outputs), exported)
    for resource in json.loads(exported)["deployment"]["resources"]:
        provider = str(resource.get("inputs", {}).get("__provider", ""))
        assert len(provider) < 200, resource["urn"]
    left = files_of(rehearsal)
    assert Path(rehearsal.lab.request_log) in left
    assert_hidden(*(text_of(file) for file in left))

    compose.write_text(good)
    rehearsal.must_up()
    rehearsal.must_be_in_sync()
