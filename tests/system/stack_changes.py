"""Random changes of stacks, in their files and behind our back: what restarts containers, and what does not."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import requests
from ruamel.yaml import YAML

from tests.system.conftest import Rehearsal

Change = Callable[[Rehearsal, random.Random], str]
STACKS = ("chain", "copies", "jobs", "grafana", "vaultwarden", "paperless", "whoami")
_CHAIN = """\
services:
  store:
    image: example/store:1
    environment: {LEVEL: info}
    restart: unless-stopped
  app:
    image: example/app:1
    depends_on: [store]
    environment: [MODE=fast, "SIZE=3"]
    restart: unless-stopped
  watcher:
    image: example/watcher:1
    depends_on: {app: {condition: service_started, restart: true}}
    restart: unless-stopped
  beside:
    image: example/beside:1
    command: ["serve", "--port", "80"]
    restart: unless-stopped
"""
_COPIES = """\
services:
  web:
    image: example/web:1
    scale: 2
    labels: {kind: web}
    restart: unless-stopped
  cache:
    image: example/cache:1
    mem_limit: 64m
    restart: always
    volumes: ["data:/data"]
volumes:
  data:
"""
_JOBS = """\
services:
  setup:
    image: example/setup:1
    command: "true"
  server:
    image: example/server:${TAG}
    environment: {GREETING: "${GREETING:-hello}"}
    depends_on: {setup: {condition: service_completed_successfully}}
    restart: unless-stopped
"""
_MANIFEST = """\
description: made for this
environments:
  production:
    variables: [{name: TAG, value: "1"}]
    files: [{source: settings.conf, destination_in_container: /etc/settings.conf}]
"""


def add_stacks(config: Path) -> None:
    """Add stacks whose services depend on each other, have copies, or end by themselves."""
    for name, compose in (("chain", _CHAIN), ("copies", _COPIES), ("jobs", _JOBS)):
        folder = config / "stacks" / name
        folder.mkdir()
        (folder / "docker-compose.yml").write_text(compose)
        manifest = _MANIFEST if name == "jobs" else f"description: {name}\nenvironments:\n  production: {{}}\n"
        (folder / "phoenix.yaml").write_text(manifest)
    (config / "stacks" / "jobs" / "settings.conf").write_text("level: 1\n")
    _edited(config / "vms.yaml", lambda data: data["vms"][1]["docker_stacks"].extend(["chain", "copies", "jobs"]))


def _edited(file: Path, edit: Callable[[Any], object]) -> None:
    yaml = YAML()
    yaml.width = 4096
    data = yaml.load(file.read_text())
    edit(data)
    with file.open("w") as target:
        yaml.dump(data, target)


def _service(site: Rehearsal, chance: random.Random, edit: Callable[[Any], object], stack: str = "") -> str:
    name = stack or chance.choice(STACKS)
    chosen: list[str] = []

    def pick(data: Any) -> None:
        chosen.append(chance.choice(list(data["services"])))
        edit(data["services"][chosen[0]])

    _edited(site.config / "stacks" / name / "docker-compose.yml", pick)
    return f"{name}/{chosen[0]}"


def image(site: Rehearsal, chance: random.Random) -> str:
    def edit(one: Any) -> None:
        one["image"] = f"{one['image'].partition(':')[0]}:{chance.randrange(9999)}"

    return "image of " + _service(site, chance, edit)


def environment(site: Rehearsal, chance: random.Random) -> str:
    def edit(one: Any) -> None:
        value, number = one.setdefault("environment", {}), chance.randrange(9999)
        value.append(f"MORE{number}=1") if isinstance(value, list) else value.update({"MORE": str(number)})

    return "environment of " + _service(site, chance, edit)


def environment_in_another_form(site: Rehearsal, chance: random.Random) -> str:
    """What says the same restarts nothing."""

    def edit(one: Any) -> None:
        if isinstance(one.get("environment"), list):
            one["environment"] = dict(entry.partition("=")[::2] for entry in one["environment"])

    return "form of " + _service(site, chance, edit, "chain")


def comment(site: Rehearsal, chance: random.Random) -> str:
    file = site.config / "stacks" / chance.choice(STACKS) / "docker-compose.yml"
    file.write_text(f"# {chance.randrange(9999)}\n{file.read_text()}")
    return f"comment in {file.parent.name}"


def label(site: Rehearsal, chance: random.Random) -> str:
    number = str(chance.randrange(9999))
    return "label of " + _service(
        site, chance, lambda one: one.setdefault("labels", {}).update({"said": number}), "copies"
    )


def restart_policy(site: Rehearsal, chance: random.Random) -> str:
    return "restart of " + _service(site, chance, lambda one: one.update({"restart": "always"}))


def pull_policy(site: Rehearsal, chance: random.Random) -> str:
    """Compose does not compare it."""
    return "pull_policy of " + _service(site, chance, lambda one: one.update({"pull_policy": "missing"}))


def remark(site: Rehearsal, chance: random.Random) -> str:
    number = chance.randrange(9999)
    return "x-remark of " + _service(site, chance, lambda one: one.update({"x-remark": number}))


def health_check(site: Rehearsal, chance: random.Random) -> str:
    seconds = chance.randrange(2, 59)
    check = {"test": ["CMD", "true"], "interval": f"{seconds}s"}
    return "health check of " + _service(site, chance, lambda one: one.update({"healthcheck": check}), "chain")


def copies(site: Rehearsal, chance: random.Random) -> str:
    number = chance.randrange(4)

    def edit(data: Any) -> None:
        data["services"]["web"]["scale"] = number

    _edited(site.config / "stacks" / "copies" / "docker-compose.yml", edit)
    return f"{number} copies"


def dependency(site: Rehearsal, chance: random.Random) -> str:
    def edit(data: Any) -> None:
        data["services"]["beside"]["depends_on"] = [chance.choice(("store", "app"))]

    _edited(site.config / "stacks" / "chain" / "docker-compose.yml", edit)
    return "another dependency"


def new_service(site: Rehearsal, chance: random.Random) -> str:
    name, stack = f"more{chance.randrange(3)}", chance.choice(("chain", "copies", "grafana"))

    def edit(data: Any) -> None:
        data["services"][name] = {"image": f"example/{name}:1", "restart": "always"}

    _edited(site.config / "stacks" / stack / "docker-compose.yml", edit)
    return f"{stack}/{name} is new"


def service_gone(site: Rehearsal, chance: random.Random) -> str:
    def edit(data: Any) -> None:
        data["services"].pop(chance.choice(("beside", "watcher")))

    _edited(site.config / "stacks" / "chain" / "docker-compose.yml", edit)
    return "a service of chain is gone"


def variable(site: Rehearsal, chance: random.Random) -> str:
    name, value = chance.choice(
        (("TAG", str(chance.randrange(9999))), ("GREETING", f"hi {chance.randrange(99)}"), ("IDLE", "1"))
    )

    def edit(data: Any) -> None:
        variables = data["environments"]["production"]["variables"]
        variables[:] = [one for one in variables if one["name"] != name] + [{"name": name, "value": value}]

    _edited(site.config / "stacks" / "jobs" / "phoenix.yaml", edit)
    return f"variable {name}"


def mounted_file(site: Rehearsal, chance: random.Random) -> str:
    (site.config / "stacks" / "jobs" / "settings.conf").write_text(f"level: {chance.randrange(9999)}\n")
    return "file of jobs"


def host_name(site: Rehearsal, chance: random.Random) -> str:
    file = site.config / "stacks" / chance.choice(("grafana", "whoami")) / "phoenix.yaml"
    file.write_text(file.read_text().replace(".home.example", f"-{chance.randrange(999)}.home.example"))
    return f"hosts of {file.parent.name}"


def stack_gone(site: Rehearsal, chance: random.Random) -> str:
    name = chance.choice(("copies", "grafana", "jobs"))

    def edit(data: Any) -> None:
        for vm in data["vms"]:
            if name in (vm.get("docker_stacks") or ()):
                vm["docker_stacks"].remove(name)

    _edited(site.config / "vms.yaml", edit)
    return f"{name} is gone"


_AT_PORTAINER = (
    "chain-production",
    "copies-production",
    "jobs-production",
    "grafana-production",
    "vaultwarden-production",
)


def _known(site: Rehearsal, chance: random.Random) -> str:
    names = site.by_hand.stack_names()
    return chance.choice([name for name in _AT_PORTAINER if name in names])


def container_gone(site: Rehearsal, chance: random.Random) -> str:
    name = _known(site, chance)
    site.by_hand.remove_container(name)
    return f"a container of {name} removed"


def container_stopped(site: Rehearsal, chance: random.Random) -> str:
    service, verb = chance.choice(("store", "app", "watcher")), chance.choice(("stop", "pause", "restart"))
    site.by_hand.of_container("chain-production", service, verb)
    return f"{service}: {verb}"


def stack_stopped(site: Rehearsal, chance: random.Random) -> str:
    name = _known(site, chance)
    site.by_hand.stop(name)
    return f"{name} stopped"


def stack_deleted(site: Rehearsal, chance: random.Random) -> str:
    name = _known(site, chance)
    site.by_hand.delete(name)
    return f"{name} deleted"


def edited_at_portainer(site: Rehearsal, chance: random.Random) -> str:
    name = chance.choice(("chain-production", "grafana-production"))
    text = site.by_hand.file(name).replace("restart: unless-stopped", "restart: always", 1)
    site.by_hand.edit(name, f"{text}# {chance.randrange(9999)}\n")
    return f"{name} edited at Portainer"


EDITS: Sequence[Change] = (
    image,
    image,
    environment,
    environment_in_another_form,
    comment,
    label,
    restart_policy,
    pull_policy,
    remark,
    health_check,
    copies,
    dependency,
    new_service,
    service_gone,
    variable,
    mounted_file,
    host_name,
    stack_gone,
)
DRIFTS: Sequence[Change] = (
    container_gone,
    container_stopped,
    stack_stopped,
    stack_deleted,
    edited_at_portainer,
)


def tried(change: Change, site: Rehearsal, chance: random.Random) -> str:
    """Make a change, and say what was done."""
    try:
        return change(site, chance)
    except (requests.HTTPError, IndexError, KeyError, StopIteration):
        # What an earlier change has made impossible.
        return f"{change.__name__} is not possible now"
