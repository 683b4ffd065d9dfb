"""`phoenix init --discover`: what is written of what was found, and what is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from phoenix_providers.cli.main import phoenix
from phoenix_providers.cli.new_site.discovered_files import write_site
from phoenix_providers.errors import ConfigurationError, NotReadyError, PhoenixError, UsageError
from phoenix_providers.lab.network import free_port
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.running_site import (
    RunningEnvironment,
    RunningGuest,
    RunningPortainer,
    RunningProxmox,
    RunningSite,
    RunningStack,
    RunningTraefik,
)
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.compose.dotenv import encode
from phoenix_providers.planning.discovery.discovered_site import discovered_site
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.traefik.file_names import STACKS_FILE
from phoenix_providers.planning.traefik.file_text import to_text

# Blanks at the end of a line, line breaks of Windows, a comment: a text that is one byte another restarts.
ODD = "# top  \r\nservices:\r\n  web: {image: 'nginx:1', environment: {PW: '${DB_PASSWORD}'}}  \r\n"
BUILT = "services:\n  web:\n    build: .\n"


def site(*stacks: RunningStack) -> RunningSite:
    guest = RunningGuest(111, "vm", "apps", "pve", interface="10.0.0.111/24")
    environment = RunningEnvironment(1, "apps", "tcp://10.0.0.111:9001", 2)
    return RunningSite(
        RunningProxmox("https://10.0.0.13:8006", "pve", (guest,), interface="10.0.0.13/24"),
        RunningPortainer("https://10.0.0.110:9443", (environment,), stacks),
    )


def test_what_is_written_would_be_deployed_as_it_runs(tmp_path: Path) -> None:
    found = discovered_site(
        site(RunningStack("grafana", 1, ODD, {"DB_PASSWORD": "'hun ter'", "MODE": "fast"})),
        "home.example",
        "production",
    )
    written = write_site(found, tmp_path / "new", found.settings)
    assert written.secrets == {"DB_PASSWORD": "DB_PASSWORD of the stack grafana"}
    plan = plan_site(load_configuration(tmp_path / "new" / "config", Settings(secrets=frozenset({"DB_PASSWORD"}))))
    (stack,) = plan.stacks
    assert (stack.project, stack.compose, stack.blocking) == ("grafana", ODD, ())
    assert stack.variables["MODE"] == "fast"
    assert not plan.nodes[0].hosts
    files = [file.read_bytes() for file in (tmp_path / "new").rglob("*") if file.is_file()]
    assert not any(b"hun ter" in content for content in files)
    assert [entry.name for entry in tmp_path.iterdir()] == ["new"]


def test_secrets_are_not_what_portainer_shows_where_compose_reads_another_value(tmp_path: Path) -> None:
    variables = {
        "A_SECRET": "multi word $HOME #pw8",
        "B_TOKEN": "a$b#c",
        "C_TOKEN": "'plain $x'",
        "D_TOKEN": "bare1234",
    }
    found = discovered_site(
        site(RunningStack("web", 1, "services: {a: {image: a}}\n", {**variables, "URL": "http://$HOST/"})),
        "home.example",
        "production",
    )
    written = write_site(found, tmp_path / "new", found.settings)
    assert written.secrets.keys() == variables.keys()
    assert written.otherwise.keys() == {"A_SECRET", "B_TOKEN", "C_TOKEN"}
    assert all("on apps: docker inspect" in place and "project=web)" in place for place in written.otherwise.values())
    (item,) = [item for item in written.site.not_carried if "compose puts other" in item.why]
    assert item.what == "A_SECRET, B_TOKEN, URL of web"
    assert not any(part in item.text() for part in ("multi", "a$b", "$HOST"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://r:hun-ter2@h/d"),
        ("UPSTREAM", "ghp_0123456789abcdefghijklmnopqrstuvwxyz"),
        ("CONFIG", '{"user": "me", "password": "hun-ter2"}'),
        ("DSN", "host=db user=me password=hun-ter2 dbname=x"),
        ("DB-PASS", "hun-ter2"),
        ("USERS", "admin:$2y$05$abcdefghijklmnopqrstuv"),
    ],
)
def test_values_that_tell_by_themselves_are_secrets(tmp_path: Path, name: str, value: str) -> None:
    running = site(RunningStack("web", 1, "services: {a: {image: a}}\n", {name: encode(value)}))
    found = discovered_site(running, "home.example", "production")
    written = write_site(found, tmp_path / "new", found.settings)
    assert list(written.secrets.values()) == [f"{name} of the stack web"]
    assert not any(value.encode() in file.read_bytes() for file in (tmp_path / "new").rglob("*") if file.is_file())


def test_errors_name_the_new_folder(tmp_path: Path) -> None:
    guests = tuple(RunningGuest(number, "lxc", "twin", "pve", interface="10.0.0.9/24") for number in (101, 102))
    found = discovered_site(RunningSite(RunningProxmox("https://10.0.0.13:8006", "pve", guests)), "home.example", "x")
    try:
        texts = write_site(found, tmp_path / "new", found.settings).problems
    except ConfigurationError as error:
        texts = tuple(reason.text() for reason in error.reasons)
    assert texts
    assert all(f"{tmp_path}/new/config/" in text for text in texts), texts


def test_a_stack_that_does_not_run_is_not_said_to_run(tmp_path: Path) -> None:
    running = site(RunningStack("built", 1, BUILT), RunningStack("ok", 1, "services: {a: {image: a}}\n"))
    environment = RunningEnvironment(1, "apps", "tcp://10.0.0.111:9001", 2, {"ok": ("a",)}, frozenset({"ok"}))
    assert running.portainer is not None
    running = replace(running, portainer=replace(running.portainer, environments=(environment,)))
    written = write_site(discovered_site(running, "home.example", "production"), tmp_path / "new", {})
    (item,) = [item for item in written.site.not_carried if item.what == "stack built on apps"]
    assert item.next_step.startswith("it has no containers, and it stays so;")
    assert [stack.idle for stack in written.site.stacks] == ["none of its containers runs"]


def test_a_stack_that_would_be_blocked_is_left_out_and_named(tmp_path: Path) -> None:
    running = site(RunningStack("built", 1, BUILT), RunningStack("ok", 1, "services: {a: {image: a}}\n"))
    found = discovered_site(running, "home.example", "production")
    written = write_site(found, tmp_path / "new", found.settings)
    assert [stack.folder for stack in written.site.stacks] == ["ok"]
    assert "stack built on apps" in [item.what for item in written.site.not_carried]
    assert not (tmp_path / "new" / "config" / "stacks" / "built").exists()


def labelled(name: str, host: str) -> str:
    labels = f"['traefik.http.routers.{name}.rule=Host(`{host}`)']"
    return f"services: {{a: {{image: a, ports: ['80{len(name)}:80'], labels: {labels}}}}}\n"


def test_routes_that_an_earlier_site_has_published_go_on_as_this_ones(tmp_path: Path) -> None:
    running = site(
        RunningStack("app", 1, labelled("app", "app.home.example")),
        RunningStack("other", 1, labelled("other", "other.home.example")),
    )
    router = {"service": "x", "entryPoints": ["web"]}
    routers = {name: {**router, "rule": f"Host(`{name}.home.example`)"} for name in ("app", "gone")}
    services = {"x": {"loadBalancer": {"servers": [{"url": "http://10.0.0.111:803"}]}}}
    text = to_text({"http": {"routers": routers, "services": services}})
    running = replace(running, traefik=RunningTraefik("http://10.0.0.12:8080", {}, {}, {STACKS_FILE: text}))
    written = write_site(discovered_site(running, "home.example", "production"), tmp_path / "new", {})
    said = [item.what for item in written.site.not_carried]
    assert said[-2:] == ["routes in the labels of other", f"route gone: Host(`gone.home.example`) in {STACKS_FILE}"]
    plan = plan_site(load_configuration(tmp_path / "new" / "config", Settings()))
    assert {stack.name: bool(stack.routes) for stack in plan.stacks} == {"app": True, "other": False}


def test_settings_that_are_known_are_in_the_project(tmp_path: Path) -> None:
    found = discovered_site(site(), "home.example", "production")
    settings = {**found.settings, "phoenix:addressOverrides": {"apps": "10.0.0.9"}, "proxmoxve:insecure": True}
    write_site(found, tmp_path / "new", settings)
    project = YAML(typ="safe", pure=True).load((tmp_path / "new" / "Pulumi.yaml").read_text())
    config = project["config"]
    assert project["name"] == "new"
    assert config["proxmoxve:endpoint"] == "https://10.0.0.13:8006"
    assert config["phoenix:addressOverrides"] == {"value": {"apps": "10.0.0.9"}}


def invoke(*arguments: object, **environment: str) -> PhoenixError:
    done: Any = CliRunner().invoke(phoenix, [str(part) for part in arguments], env=environment)
    assert isinstance(done.exception, PhoenixError), done.output
    return done.exception


def test_who_cannot_be_reached_ends_it_and_nothing_is_written(tmp_path: Path) -> None:
    url = f"https://127.0.0.1:{free_port()}"
    error = invoke(
        *("init", tmp_path / "new", "--discover", "--proxmox", url, "--domain", "home.example"),
        PROXMOX_VE_API_TOKEN="a@pve!b=c",
    )
    assert isinstance(error, NotReadyError)
    assert error.exit_code == 3
    assert not list(tmp_path.iterdir())


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    error = invoke("init", tmp_path, "--discover", "--proxmox", "https://127.0.0.1:1", PROXMOX_VE_API_TOKEN="a@pve!b=c")
    assert isinstance(error, UsageError)
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]


def test_a_token_is_asked_for_and_never_an_argument(tmp_path: Path) -> None:
    error = invoke("init", tmp_path / "new", "--discover", "--proxmox", "https://127.0.0.1:1", PROXMOX_VE_API_TOKEN="")
    assert "PROXMOX_VE_API_TOKEN" in error.explanation.expected


@pytest.mark.parametrize("arguments", [["--proxmox", "https://127.0.0.1:1"], ["--insecure"], ["--domain", "x"]])
def test_its_options_belong_to_it(tmp_path: Path, arguments: list[str]) -> None:
    assert isinstance(invoke("init", tmp_path / "new", *arguments), UsageError)
    assert not list(tmp_path.iterdir())
