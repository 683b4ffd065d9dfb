"""A Pulumi project of its own for the lab: nothing is written into the work tree or the user's Pulumi folders."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from ruamel.yaml import YAML

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.project import site_folder
from phoenix_providers.errors import PhoenixError
from phoenix_providers.lab.control import RunningLab
from phoenix_providers.lab.home import LabHome
from phoenix_providers.lab.network import move
from phoenix_providers.lab.proxmoxve.install import install
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings

STACK = "lab"


def prepare(home: LabHome, config: Path, network: str) -> None:
    """Make the site folder, with a copy of the configuration on a network of its own; an existing one is left alone."""
    make_folders(home)
    if not (home.site / "config").exists():
        site_folder.make(home.site, config)
        move(home.site / "config", network)


def make_folders(home: LabHome) -> None:
    """Make the lab's folder, a place for the state, and the file to `source`."""
    home.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home.folder / "state").mkdir(exist_ok=True)
    exports = [f"export {name}={shlex.quote(value)}" for name, value in _shell_environment(home).items()]
    home.shell.write_text("\n".join([*exports, f"cd {shlex.quote(str(home.site))}", ""]))


def forget_settings(home: LabHome, keys: Iterable[str]) -> None:
    """Take settings out of the lab's Pulumi stack; what is gone from the site shall not live on there."""
    file = home.site / f"Pulumi.{STACK}.yaml"
    if not file.is_file():
        return
    yaml = YAML()
    data = yaml.load(file)
    for key in keys:
        (data.get("config") or {}).pop(f"phoenix:{key}", None)
    yaml.dump(data, file)


def connect(
    home: LabHome, lab: RunningLab, settings: dict[str, str] | None = None, transport: str = "internal-ca"
) -> Engine:
    """Point the site at the running lab and return an engine for it; `settings` come on top."""
    install(home.bin, Path(sys.executable), lab.proxmox_url)
    engine = Engine(home.site, STACK, home.environment())
    _pulumi(home, "stack", "select", STACK, "--create", "--secrets-provider", "passphrase")
    plain = {
        "proxmoxve:endpoint": lab.proxmox_url,
        "proxmoxve:insecure": "true",
        "phoenix:configDir": "config",
        "phoenix:portainerUrl": lab.portainer_url,
        "phoenix:portainerUser": lab.portainer_user,
        "phoenix:portainerCaFile": lab.ca_file,
        "phoenix:traefikTarget": lab.traefik_target,
        "phoenix:dnsServer": lab.dns_server,
        "phoenix:traefikApiUrl": lab.traefik_api_url,
        "phoenix:settle": "1",
        "phoenix:firewallDelay": "1.5",
        "phoenix:readinessTimeout": "15",
        **{f"phoenix:{key}": value for key, value in (settings or {}).items()},
    }
    secret = {"proxmoxve:apiToken": lab.proxmox_token, "phoenix:portainerPassword": lab.portainer_password}
    paths = {"phoenix:serversTransport.name": transport, "phoenix:serversTransport.rootCa": lab.ca_file}
    wanted = wanted_secrets(home, plain["phoenix:configDir"])
    paths |= {f"phoenix:secrets.{name}": f"made-up-{name.lower()}" for name in wanted}
    _set_all(home, plain, secret, paths)
    return engine


def wanted_secrets(home: LabHome, folder: str = "config") -> list[str]:
    """Names of all secrets that the files of the site refer to."""
    configuration = load_configuration(home.site / folder, Settings())
    names = {registry.password.secret for registry in configuration.site.registries}
    names |= {
        variable.value.secret
        for stack in configuration.stacks.values()
        for environment in stack.manifest.environments.values()
        for variable in environment.variables
        if not isinstance(variable.value, str)
    }
    return sorted(names)


def _set_all(home: LabHome, plain: dict[str, str], secret: dict[str, str], paths: dict[str, str]) -> None:
    """Write the settings in two calls; each costs about a second."""
    flat = [part for key, value in plain.items() for part in ("--plaintext", f"{key}={value}")]
    flat += [part for key, value in secret.items() for part in ("--secret", f"{key}={value}")]
    _pulumi(home, "config", "set-all", *flat)
    kinds = {key: "--secret" if key.startswith("phoenix:secrets.") else "--plaintext" for key in paths}
    _pulumi(home, "config", "set-all", "--path", *(p for key, v in paths.items() for p in (kinds[key], f"{key}={v}")))


def _shell_environment(home: LabHome) -> dict[str, str]:
    """Return the variables for a terminal, with `pulumi` and `phoenix` of this installation first."""
    own = Path(sys.executable).parent
    path = f"{own}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**home.environment(), "PATH": path, "PHOENIX_LAB": str(home.folder)}


def _pulumi(home: LabHome, *arguments: str) -> None:
    command = [str(Path(sys.executable).parent / "pulumi"), *arguments, "--non-interactive"]
    done = subprocess.run(  # noqa: S603
        command, cwd=home.site, env={**os.environ, **home.environment()}, check=False, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise PhoenixError(
            f"`pulumi {arguments[0]} {arguments[1]}` failed in the lab",
            seen=done.stderr.strip(),
            next_step="phoenix lab down --forget, then phoenix lab up",
        )
