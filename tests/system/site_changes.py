"""Random changes of a site: to its files, and to what runs, behind the back of everybody."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import requests
from ruamel.yaml import YAML

from tests.system.conftest import Rehearsal

Change = Callable[[Rehearsal, random.Random], str]

_STACKS = ("grafana", "vaultwarden", "homepage", "whoami", "paperless", "miniflux", "backup")
_AT_PORTAINER = ("grafana", "vaultwarden", "homepage", "backup")
_GUESTS = ("lxc/101", "lxc/102", "lxc/103", "lxc/104", "qemu/110", "qemu/111", "qemu/112", "qemu/113")
_LISTS = ("cluster", *_GUESTS)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 4096
    return yaml


def _edited(file: Path, edit: Callable[[Any], object]) -> None:
    yaml = _yaml()
    data = yaml.load(file.read_text())
    edit(data)
    with file.open("w") as target:
        yaml.dump(data, target)


def _compose(site: Rehearsal, chance: random.Random) -> Path:
    return site.config / "stacks" / chance.choice(_STACKS) / "docker-compose.yml"


def _service(site: Rehearsal, chance: random.Random, edit: Callable[[Any], object]) -> str:
    file = _compose(site, chance)
    _edited(file, lambda data: edit(chance.choice(list(data["services"].values()))))
    return file.parent.name


def compose_value(site: Rehearsal, chance: random.Random) -> str:
    number = str(chance.randrange(1000))
    return "compose of " + _service(site, chance, lambda one: one.update({"hostname": f"host{number}"}))


def image(site: Rehearsal, chance: random.Random) -> str:
    tag = f"example/image:{chance.randrange(1000)}"
    return "image of " + _service(site, chance, lambda one: one.update({"image": tag}))


def compose_comment(site: Rehearsal, chance: random.Random) -> str:
    file = _compose(site, chance)
    file.write_text(file.read_text() + f"# {chance.randrange(1000)}\n")
    return f"comment in {file.parent.name}"


def route(site: Rehearsal, chance: random.Random) -> str:
    file = site.config / "stacks" / chance.choice(("grafana", "vaultwarden", "whoami")) / "phoenix.yaml"
    file.write_text(file.read_text().replace(".home.example", f"-{chance.randrange(1000)}.home.example"))
    return f"hosts of {file.parent.name}"


def broken_stack(site: Rehearsal, chance: random.Random) -> str:
    file = site.config / "stacks" / chance.choice(_STACKS) / chance.choice(("phoenix.yaml", "docker-compose.yml"))
    file.write_text(f"nobody_knows_this: {chance.randrange(1000)}\n")
    return f"broken {file.parent.name}/{file.name}"


def new_stack(site: Rehearsal, chance: random.Random) -> str:
    name = f"new{chance.randrange(100)}"
    folder = site.config / "stacks" / name
    folder.mkdir(exist_ok=True)
    (folder / "docker-compose.yml").write_text(f"services:\n  {name}:\n    image: example/{name}:1\n")
    (folder / "phoenix.yaml").write_text("description: new\nenvironments:\n  production: {}\n")
    vm = chance.choice((1, 2, 3))
    _edited(site.config / "vms.yaml", lambda data: data["vms"][vm]["docker_stacks"].append(name))
    return f"new stack {name} on VM {vm}"


def removed_stack(site: Rehearsal, chance: random.Random) -> str:
    vm, told = chance.choice((1, 2, 3)), []

    def remove(data: Any) -> None:
        stacks = data["vms"][vm]["docker_stacks"]
        if len(stacks) > 1:
            told.append(str(stacks.pop(chance.randrange(len(stacks)))))

    _edited(site.config / "vms.yaml", remove)
    return f"removed {told}"


def moved_stack(site: Rehearsal, chance: random.Random) -> str:
    def move(data: Any) -> None:
        old, new = chance.sample((1, 2, 3), 2)
        stacks = data["vms"][old]["docker_stacks"]
        if len(stacks) > 1:
            data["vms"][new]["docker_stacks"].append(stacks.pop(chance.randrange(len(stacks))))

    _edited(site.config / "vms.yaml", move)
    return "a stack moved"


def _rules(site: Rehearsal, chance: random.Random, edit: Callable[[list[Any]], object]) -> None:
    kind = chance.choice(("vms", "lxcs", "site"))

    def pick(data: Any) -> None:
        if kind == "site":
            edit(data["firewall"]["global_firewall_rules"])
        else:
            guests = data["vms"] if kind == "vms" else list(data["lxc_configs"].values())
            edit(chance.choice([guest for guest in guests if "firewall" in guest])["firewall"]["rules"])

    _edited(site.config / f"{kind}.yaml", pick)


def rule_comment(site: Rehearsal, chance: random.Random) -> str:
    text = f"said {chance.randrange(1000)}"
    _rules(site, chance, lambda rules: chance.choice(rules).update({"comment": text}))
    return "comment of a rule"


def rule_added(site: Rehearsal, chance: random.Random) -> str:
    rule = {"type": "in", "action": "ACCEPT", "proto": "tcp", "port": str(chance.randrange(10000, 20000))}
    _rules(site, chance, lambda rules: rules.insert(chance.randrange(len(rules) + 1), rule))
    return "a rule more"


def rule_closing(site: Rehearsal, chance: random.Random) -> str:
    # It may have to wait for its place, so that nobody knows yet how the list will be written.
    source = f"10.9.{chance.randrange(250)}.0/24"
    rule = {"type": "in", "action": "DROP", "proto": "tcp", "port": "1234", "source": source}
    _rules(site, chance, lambda rules: rules.insert(chance.randrange(len(rules) + 1), rule))
    return "a rule that closes"


def rules_turned(site: Rehearsal, chance: random.Random) -> str:
    _rules(site, chance, lambda rules: rules.reverse())
    return "rules in another order"


def rule_off(site: Rehearsal, chance: random.Random) -> str:
    _rules(site, chance, lambda rules: rules[-1].update({"enabled": False}))
    return "a rule off"


def record(site: Rehearsal, chance: random.Random) -> str:
    entry = {"hostname": f"more{chance.randrange(100)}.home.example"}
    _edited(
        site.config / "lxcs.yaml",
        lambda data: data["lxc_configs"][chance.choice((101, 103, 104))].setdefault("dns_records", []).append(entry),
    )
    return "a record more"


def guest_route(site: Rehearsal, chance: random.Random) -> str:
    port = chance.randrange(3001, 4000)
    _edited(
        site.config / "lxcs.yaml",
        lambda data: data["lxc_configs"][chance.choice((105, 106))]["traefik_service"].update({"port": port}),
    )
    return "port of a guest's route"


def resolver(site: Rehearsal, chance: random.Random) -> str:
    _edited(
        site.config / "site.yaml",
        lambda data: data["resolver"].update({"servers": [f"9.9.9.{chance.randrange(1, 250)}"]}),
    )
    return "resolver"


def policy(site: Rehearsal, chance: random.Random) -> str:
    word = chance.choice(("ACCEPT", "DROP", "REJECT"))
    _edited(
        site.config / "lxcs.yaml",
        lambda data: data["lxc_configs"][chance.choice((101, 103, 104))]["firewall"].update({"input_policy": word}),
    )
    return f"policy {word}"


def guest_unfiltered(site: Rehearsal, chance: random.Random) -> str:
    _edited(
        site.config / "lxcs.yaml",
        lambda data: data["lxc_configs"][chance.choice((101, 103, 104))].pop("firewall", None),
    )
    return "a guest without firewall"


def firewall_name(site: Rehearsal, chance: random.Random) -> str:
    number = chance.randrange(10)
    _edited(
        site.config / "site.yaml",
        lambda data: data["firewall"].setdefault("aliases", {}).update({f"name{number}": f"10.0.0.{number}"}),
    )
    return "an alias more"


def compose_at_portainer(site: Rehearsal, chance: random.Random) -> str:
    name = chance.choice([one for one in site.by_hand.stack_names() if one in _AT_PORTAINER] or ["grafana"])
    site.by_hand.edit(name, site.by_hand.file(name) + f"# by hand {chance.randrange(1000)}\n")
    return f"{name} edited at Portainer"


def values_at_portainer(site: Rehearsal, chance: random.Random) -> str:
    site.by_hand.change_env("homepage", {"BY_HAND": str(chance.randrange(1000))})
    return "values of homepage"


def stopped(site: Rehearsal, chance: random.Random) -> str:
    name = chance.choice([one for one in site.by_hand.stack_names() if one in _AT_PORTAINER])
    site.by_hand.stop(name)
    return f"{name} stopped"


def deleted(site: Rehearsal, chance: random.Random) -> str:
    name = chance.choice([one for one in site.by_hand.stack_names() if one in _AT_PORTAINER])
    site.by_hand.delete(name)
    return f"{name} deleted"


def container_gone(site: Rehearsal, chance: random.Random) -> str:
    name = chance.choice([one for one in site.by_hand.stack_names() if one in _AT_PORTAINER])
    site.by_hand.remove_container(name)
    return f"a container of {name} removed"


def rule_by_hand(site: Rehearsal, chance: random.Random) -> str:
    place = chance.choice(_LISTS)
    site.by_hand_on_proxmox.add_rule(
        place, type="in", action="ACCEPT", proto="tcp", dport=str(chance.randrange(20000, 30000)), comment="by hand"
    )
    return f"a rule by hand at {place}"


def rule_deleted(site: Rehearsal, chance: random.Random) -> str:
    place = chance.choice([one for one in _LISTS if site.by_hand_on_proxmox.rules_of(one)])
    site.by_hand_on_proxmox.delete_last_rule(place)
    return f"a rule deleted at {place}"


def rule_changed(site: Rehearsal, chance: random.Random) -> str:
    place = chance.choice([one for one in _LISTS if site.by_hand_on_proxmox.rules_of(one)])
    fields = chance.choice(({"enable": "0"}, {"comment": f"by hand {chance.randrange(100)}"}, {"log": "info"}))
    site.by_hand_on_proxmox.change_rule(place, 0, **fields)
    return f"a rule changed at {place}: {fields}"


def rule_moved(site: Rehearsal, chance: random.Random) -> str:
    place = chance.choice([one for one in _LISTS if len(site.by_hand_on_proxmox.rules_of(one)) > 1])
    site.by_hand_on_proxmox.change_rule(place, 0, moveto="2")
    return f"a rule moved at {place}"


def option_by_hand(site: Rehearsal, chance: random.Random) -> str:
    place = chance.choice(_GUESTS)
    site.by_hand_on_proxmox.set_options(place, **chance.choice(({"policy_out": "REJECT"}, {"macfilter": "0"})))
    return f"options by hand at {place}"


def hosts_by_hand(site: Rehearsal, chance: random.Random) -> str:
    text = site.by_hand_on_proxmox.hosts()
    lines = text.splitlines()
    changed = chance.choice(
        (
            text + f"10.1.2.{chance.randrange(250)} by-hand\n",
            "# a comment changes nothing\n" + text,
            "\n".join(lines[:-1]) + "\n",
        )
    )
    site.by_hand_on_proxmox.write_hosts(changed)
    return "hosts file by hand"


def published_by_hand(site: Rehearsal, chance: random.Random) -> str:
    file = chance.choice(sorted(Path(site.lab.traefik_target).glob("*.yml")) or [None])
    if file is None:
        return "nothing published"
    if chance.random() < 0.5:
        file.unlink()
        return f"{file.name} deleted"
    file.write_text(file.read_text() + f"# by hand {chance.randrange(1000)}\n")
    return f"{file.name} by hand"


EDITS: Sequence[Change] = (
    compose_value,
    compose_value,
    image,
    compose_comment,
    route,
    new_stack,
    removed_stack,
    moved_stack,
    broken_stack,
    rule_comment,
    rule_added,
    rule_closing,
    record,
    guest_route,
    resolver,
    guest_unfiltered,
    firewall_name,
)
# A run may refuse them, and says nothing else then.
RISKY_EDITS: Sequence[Change] = (rules_turned, rule_off, policy)
DRIFTS: Sequence[Change] = (
    compose_at_portainer,
    values_at_portainer,
    stopped,
    deleted,
    container_gone,
    rule_by_hand,
    rule_deleted,
    rule_changed,
    rule_moved,
    option_by_hand,
    hosts_by_hand,
    published_by_hand,
)


def changed(site: Rehearsal, chance: random.Random, original: Path, changes: Sequence[Change]) -> list[str]:
    """Take the files back to what they were, make these changes, and return what was done."""
    shutil.rmtree(site.config)
    shutil.copytree(original, site.config)
    done = []
    for change in changes:
        try:
            done.append(change(site, chance))
        except (requests.HTTPError, IndexError, KeyError, StopIteration):
            # What an earlier change has made impossible.
            done.append(f"{change.__name__} is not possible now")
    return done
