"""Names that the site's files have, read as fast as can be: nothing is checked, and what cannot be read has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phoenix_providers.cli.project.root import project_root
from phoenix_providers.models.file_content import FileContent

_CONFIG_DIR, _DEFAULT = "phoenix:configDir", "config"
_STEMS = {"vms": ("vms", "phoenix_vm_configs"), "lxcs": ("lxcs", "phoenix_lxc_configs")}
_ENDINGS = (".yaml", ".yml", ".json")


@dataclass
class SiteNames:
    """What there is to name.

    Attributes:
        stacks: Number and name of each VM that lists a stack, by the stack's name.
        guests: Names of all guests, with their numbers.
        routed: Names of guests with a route of their own.
        pulumi_stacks: Names of Pulumi stacks that have settings here.
    """

    stacks: dict[str, dict[str, str]] = field(default_factory=dict)
    guests: dict[str, str] = field(default_factory=dict)
    routed: set[str] = field(default_factory=set)
    pulumi_stacks: list[str] = field(default_factory=list)


def site_names(here: Path) -> SiteNames:
    """Return the names of the site around a folder."""
    names = SiteNames()
    root = project_root(here)
    if root is None:
        return names
    settings = sorted(root.glob("Pulumi.*.yaml"))
    names.pulumi_stacks = [file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in settings]
    folder = next((place for place in _folders(root, settings) if place.is_dir()), None)
    if folder is None:
        return names
    for vm in _entries(_read(folder, "vms").get("vms")):
        number, name = str(vm.get("vmid") or ""), str(vm.get("name") or "")
        if not number or vm.get("is_template"):
            continue
        names.guests[name] = number
        if vm.get("traefik_service"):
            names.routed.add(name)
        for listed in vm.get("docker_stacks") or ():
            stack = listed.get("name") if isinstance(listed, dict) else listed
            names.stacks.setdefault(str(stack), {})[number] = name
    lxcs = _read(folder, "lxcs").get("lxc_configs")
    for number, lxc in (lxcs if isinstance(lxcs, dict) else {}).items():
        if isinstance(lxc, dict) and lxc.get("name"):
            names.guests[str(lxc["name"])] = str(number)
            if lxc.get("traefik_service"):
                names.routed.add(str(lxc["name"]))
    return names


def _folders(root: Path, settings: list[Path]) -> Iterator[Path]:
    """Yield where the files may be, the likeliest first; existing installations have them in a folder `etc`."""
    for file in (root / "Pulumi.yaml", *settings):
        declared = _parsed(file).get("config")
        value = declared.get(_CONFIG_DIR) if isinstance(declared, dict) else None
        if isinstance(value, dict):
            value = value.get("value") or value.get("default")
        if isinstance(value, str):
            yield root / Path(value).expanduser()
    yield root / _DEFAULT


def _read(folder: Path, content: str) -> FileContent:
    for place in (folder, folder / "etc"):
        for stem in _STEMS[content]:
            for ending in _ENDINGS:
                file = place / f"{stem}{ending}"
                if file.is_file():
                    return _parsed(file)
    return {}


def _parsed(file: Path) -> FileContent:
    import yaml

    # The one written in C takes a tenth of the time; JSON is YAML to it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(file.read_bytes(), Loader=loader)  # noqa: S506 - both are safe
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return data if isinstance(data, dict) else {}


def _entries(found: Any) -> Iterator[FileContent]:
    yield from (one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict))
