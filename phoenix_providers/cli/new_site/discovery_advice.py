"""What to do where a discovery cannot ask: there is no site yet, so what would be a setting is an option here."""

from __future__ import annotations

import re
from dataclasses import replace

from phoenix_providers.errors import Explanation

TOKEN, KEY, PASSWORD = "PROXMOX_VE_API_TOKEN", "PHOENIX_PORTAINER_API_KEY", "PHOENIX_PORTAINER_PASSWORD"
_COMMAND = re.compile(r"pulumi config set (?:--secret )?([\w:.]+)( +[^\s(]+)?")
_VARIABLES = {"proxmoxve:apiToken": TOKEN, "phoenix:portainerApiKey": KEY, "phoenix:portainerPassword": PASSWORD}
_OPTIONS = {
    "proxmoxve:endpoint": "--proxmox",
    "phoenix:portainerUrl": "--portainer",
    "phoenix:portainerCaFile": "--portainer-ca",
    "phoenix:traefikApiUrl": "--traefik",
    "phoenix:traefikTarget": "--traefik-target",
}
_SWITCHES = {"proxmoxve:insecure", "phoenix:portainerInsecure"}


def of_discovery(reason: Explanation) -> Explanation:
    """Return it with options and variables of `phoenix init --discover` instead of settings."""
    return replace(reason, next_step=_COMMAND.sub(_said, reason.next_step))


def entering(variable: str) -> str:
    """Say how a variable is set that nobody else may see."""
    return f"read -rs {variable} && export {variable}, then the same command"


def _said(match: re.Match[str]) -> str:
    setting, value = match[1], (match[2] or "").strip()
    if setting in _VARIABLES:
        return entering(_VARIABLES[setting])
    if setting in _SWITCHES:
        return "the same command with --insecure"
    return f"the same command with {_OPTIONS[setting]} {value}" if setting in _OPTIONS else match[0]
