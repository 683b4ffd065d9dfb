"""The files of the new spelling, written from a configuration that was read in either."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from phoenix_providers.models.base import FileModel
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.file_content import NewContent
from phoenix_providers.models.files.json_schema import SCHEMA_FOLDER, schema_name
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.models.stack import StackManifest

_WIDTH = 1 << 20
_PLAIN = re.compile(r"[A-Za-z]([A-Za-z0-9 _./@-]*[A-Za-z0-9])?|\d+\.\d+\.\d+\.\d+(/\d+)?")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_RULE_LISTS = {"rules", "global_firewall_rules", "firewall_rules"}
# What is easier to read on one line.
_ON_ONE_LINE = {
    *_RULE_LISTS,
    "members",
    "variables",
    "dependencies",
    "dns_records",
}
_SITE = """\
# The site: domain, network, DNS, firewall.
# The Portainer password does not stand here: pulumi config set --secret phoenix:portainerPassword
"""
_VMS = """\
# Virtual machines. `docker_stacks` lists the folders of stacks/ that a VM runs.
"""
_LXCS = """\
# LXC containers, by their number in Proxmox (CTID).
"""


def new_spelling(configuration: Configuration) -> dict[str, str]:
    """Return the text of every file by its name in the folder, compose files and mounted files left out.

    Passwords in clear are left out, as is whatever nobody here reads.
    """
    vms = [*_templates(configuration), *(_vm(vm) for vm in configuration.vms)]
    lxcs = {lxc.ctid: _said(lxc, {"ctid", "declared_at"}) for lxc in configuration.lxcs}
    manifests = {
        f"stacks/{name}/phoenix.yaml": manifest_text(folder.manifest)
        for name, folder in configuration.stacks.items()
        if folder.manifest.model_fields_set
    }
    return {
        "site.yaml": _schema("site") + _SITE + _text(_site(configuration)),
        "vms.yaml": _schema("vms") + _VMS + _entries("vms", [_item(_text(vm)) for vm in vms], "[]"),
        "lxcs.yaml": _schema("lxcs")
        + _LXCS
        + _entries("lxc_configs", [_text({number: lxc}) for number, lxc in lxcs.items()], "{}"),
        **manifests,
    }


def manifest_text(manifest: StackManifest) -> str:
    """Return the text of a stack's `phoenix.yaml`."""
    return _schema("stack", "../../") + _text(_said(manifest))


def _site(configuration: Configuration) -> NewContent:
    site = _said(configuration.site, {"portainer_api": {"admin_password"}})
    return {key: value for key, value in site.items() if value != {}}


def _templates(configuration: Configuration) -> list[NewContent]:
    """Return the templates on which guests depend, as far as a dependency needs them."""
    guests = configuration.guests
    missing = {number for guest in guests for number in guest.dependencies} - {guest.id for guest in guests}
    names = configuration.guest_names
    return [{"vmid": number, "name": names[number], "is_template": True} for number in sorted(missing & names.keys())]


def _vm(vm: FileModel) -> NewContent:
    said = _said(vm, {"declared_at"})
    if "docker_stacks" in said:
        said["docker_stacks"] = [
            stack["name"] if stack.keys() == {"name"} else stack for stack in said["docker_stacks"]
        ]
    return {"vmid": said.pop("vmid"), **said}


def _said(model: FileModel, without: set[str] | dict[str, set[str]] | None = None) -> NewContent:
    """Return what the files said, and no defaults: some rules ask whether a key is there."""
    said = model.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True, exclude=without)
    return {key: _without_empty(value, key) for key, value in said.items()}


def _without_empty(value: Any, key: str) -> Any:
    """Leave out empty conditions of rules, of which existing files may have some, and new ones none."""
    if isinstance(value, dict):
        return {name: _without_empty(part, str(name)) for name, part in value.items()}
    if isinstance(value, list) and key in _RULE_LISTS:
        return [
            {name: part for name, part in rule.items() if name not in FirewallRule.conditions or part.strip()}
            for rule in value
        ]
    return value


def _schema(content: str, upwards: str = "") -> str:
    return f"# yaml-language-server: $schema={upwards}{SCHEMA_FOLDER}/{schema_name(content)}\n"


def _entries(key: str, texts: Iterable[str], empty: str) -> str:
    indented = ["".join(f"  {line}" for line in text.splitlines(keepends=True)) for text in texts]
    return f"{key}:\n" + "\n".join(indented) if indented else f"{key}: {empty}\n"


def _item(text: str) -> str:
    first, *others = text.splitlines(keepends=True)
    return f"- {first}" + "".join(f"  {line}" for line in others)


def _text(value: Any) -> str:
    stream = io.StringIO()
    yaml = YAML(typ="rt")
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(_styled(value), stream)
    return stream.getvalue()


def _styled(value: Any, *, on_one_line: bool = False) -> Any:
    if isinstance(value, Mapping):
        styled = CommentedMap()
        for key, item in value.items():
            styled[_scalar(key)] = _styled(item, on_one_line=key in _ON_ONE_LINE)
        return styled
    if isinstance(value, list):
        items = CommentedSeq(_styled(item) for item in value)
        if on_one_line and all(isinstance(item, int) for item in items):
            items.fa.set_flow_style()
        for item in items if on_one_line else ():
            if isinstance(item, CommentedMap):
                item.fa.set_flow_style()
        return items
    return _scalar(value)


def _scalar(value: Any) -> Any:
    """Quote every text that some reader could take for something else."""
    if not isinstance(value, str) or (_PLAIN.fullmatch(value) and value.lower() not in _WORDS):
        return value
    return DoubleQuotedScalarString(value)
