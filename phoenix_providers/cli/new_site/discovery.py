"""`phoenix init FOLDER --discover`: a new site out of what runs; it only asks and writes here."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr
from rich.console import Console

from phoenix_providers.cli.new_site.discovered_files import Written, write_site
from phoenix_providers.cli.new_site.discovery_advice import KEY, PASSWORD, TOKEN, entering, of_discovery
from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clients.proxmox.api import ProxmoxApi
from phoenix_providers.clients.site_survey import survey_portainer, survey_proxmox, survey_traefik
from phoenix_providers.clients.transport import TlsTrust
from phoenix_providers.errors import NotReadyError, ProductError, UnreachableError, UsageError
from phoenix_providers.models.file_content import NewContent
from phoenix_providers.models.running_site import RunningSite, RunningTraefik
from phoenix_providers.models.web_address import web_address
from phoenix_providers.planning.discovery.discovered_site import discovered_site
from phoenix_providers.planning.traefik.file_names import OUR_FILES

_SECONDS = 30.0
_ENVIRONMENT = "production"
_OPTIONS = (
    click.option("--discover", is_flag=True, help="Write the files from what runs; only reads."),
    click.option("--proxmox", metavar="URL", help="With --discover: guests, firewall, hosts entries."),
    click.option("--portainer", metavar="URL", help="With --discover: environments and stacks."),
    click.option("--traefik", metavar="URL", help="With --discover: routes, from Traefik's API."),
    click.option("--domain", help="With --discover: the site's domain; default: where the Proxmox node searches."),
    click.option("--node", help="With --discover: the Proxmox node; default: the one that is asked."),
    click.option("--portainer-user", default="admin", show_default=True, help="With --discover: who signs in there."),
    click.option(
        "--portainer-ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Who signed Portainer."
    ),
    click.option("--insecure", is_flag=True, help="With --discover: do not check the certificates of the two."),
    click.option("--traefik-target", metavar="TARGET", help="With --discover: the directory that Traefik watches."),
)


def discover_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--discover` and what belongs to it to a command; with that it is done here."""

    @wraps(command)
    def either(folder: Path | None, source: Path | None, *, discover: bool, **others: Any) -> None:
        asked = Asked(**{name: others.pop(name) for name in _ASKED})
        if not discover:
            if asked != Asked():
                raise UsageError("These options belong to --discover", next_step="phoenix init FOLDER --discover …")
            command(folder=folder, source=source, **others)
            return
        if folder is None or source is not None or any(others.values()):
            raise UsageError(
                "A site is made in a new folder, from files or from what runs",
                seen="--discover, and something else",
                next_step="phoenix init FOLDER --discover …",
            )
        for line in discover_site(folder, asked):
            click.echo(line)

    wrapped: Callable[..., Any] = either
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


@dataclass(frozen=True)
class Asked:
    """Whom to ask; credentials come from the environment or from the terminal, never from the command line."""

    proxmox: str | None = None
    portainer: str | None = None
    traefik: str | None = None
    domain: str | None = None
    node: str | None = None
    portainer_user: str = "admin"
    portainer_ca: Path | None = None
    insecure: bool = False
    traefik_target: str | None = None


_ASKED = tuple(field.name for field in fields(Asked))


def discover_site(folder: Path, asked: Asked) -> Iterator[str]:
    """Look at what runs and write the folder; yield what to tell the user.

    Raises:
        PhoenixError: Somebody cannot be asked, or what was found makes no site; nothing has been written then.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            "This folder is not empty, and nothing of yours is overwritten",
            where=str(folder),
            expected="a new or an empty folder",
            next_step="phoenix init ANOTHER_FOLDER --discover …",
        )
    if asked.proxmox is None:
        raise UsageError(
            "A site begins with its guests, and only Proxmox knows them",
            seen="no --proxmox",
            expected="--proxmox URL, and as you like --portainer URL and --traefik URL",
            next_step=f"phoenix init {folder} --discover --proxmox https://10.0.0.13:8006 …",
        )
    running = _running(asked)
    domain = asked.domain or _domain(running)
    found = discovered_site(running, domain, _ENVIRONMENT)
    settings = {**found.settings, **_chosen(asked)}
    written = write_site(found, folder, settings)
    yield from _report(written, folder, asked, settings)


def _running(asked: Asked) -> RunningSite:
    token = _secret(TOKEN, "Proxmox's API token (user@realm!name=uuid)")
    proxmox = ProxmoxApi(_url(asked.proxmox or "", "proxmox"), token, timeout=_SECONDS, insecure=asked.insecure)
    session = _session(asked) if asked.portainer else None
    try:
        with Console(stderr=True).status("asking Proxmox, Portainer and Traefik"):
            return RunningSite(
                survey_proxmox(proxmox, asked.node or ""),
                survey_portainer(session) if session is not None else None,
                _traefik(asked),
            )
    except UnreachableError as error:
        reasons = (of_discovery(error.explanation),)
        raise NotReadyError("Nothing was written: what cannot be reached is not known", reasons) from None
    except ProductError as error:
        reasons = (of_discovery(error.explanation),)
        raise NotReadyError("Nothing was written: what refuses to answer is not known", reasons) from None


def _traefik(asked: Asked) -> RunningTraefik | None:
    if not asked.traefik:
        return None
    return survey_traefik(_url(asked.traefik, "traefik"), _SECONDS, asked.traefik_target, OUR_FILES)


def _session(asked: Asked) -> PortainerSession:
    key = os.environ.get(KEY)
    password = None if key else _secret(PASSWORD, f"Password of {asked.portainer_user} at Portainer")
    return PortainerSession(
        _url(asked.portainer or "", "portainer"),
        user=asked.portainer_user,
        password=password,
        api_key=SecretStr(key) if key else None,
        timeout=_SECONDS,
        trust=TlsTrust(ca_file=str(asked.portainer_ca) if asked.portainer_ca else None, insecure=asked.insecure),
    )


def _secret(variable: str, what: str) -> SecretStr:
    value = os.environ.get(variable)
    if not value:
        if not sys.stdin.isatty():
            raise UsageError(
                f"{what} is not known, and nobody is there to answer",
                expected=f"the environment variable {variable}, or a terminal",
                next_step=entering(variable),
            )
        value = click.prompt(what, hide_input=True, err=True)
    return SecretStr(str(value))


def _url(text: str, option: str) -> str:
    try:
        return str(web_address(text)).rstrip("/")
    except ValueError as error:
        raise UsageError(
            f"--{option} is no address", seen=text, expected=str(error), next_step=f"--{option} https://ADDRESS:PORT"
        ) from None


def _domain(running: RunningSite) -> str:
    search = running.proxmox.resolver.get("search", "") if running.proxmox is not None else ""
    if search:
        return search.split()[0].lower()
    if sys.stdin.isatty():
        return str(click.prompt("Domain of the site, such as home.example", err=True)).lower()
    raise UsageError(
        "The domain of the site is not known",
        seen="a Proxmox node that searches none",
        expected="a name such as home.example",
        next_step="the same command with --domain NAME",
    )


def _chosen(asked: Asked) -> NewContent:
    chosen: NewContent = {}
    if asked.insecure:
        chosen["proxmoxve:insecure"] = True
        if asked.portainer:
            chosen["phoenix:portainerInsecure"] = True
    if asked.portainer_ca:
        chosen["phoenix:portainerCaFile"] = str(asked.portainer_ca.resolve())
    if asked.portainer and asked.portainer_user != "admin":
        chosen["phoenix:portainerUser"] = asked.portainer_user
    if asked.traefik_target:
        chosen["phoenix:traefikTarget"] = asked.traefik_target
    return chosen


def _report(written: Written, folder: Path, asked: Asked, settings: NewContent) -> Iterator[str]:
    site = written.site
    yield f"{folder} declares {len(site.vms)} VMs, {len(site.lxcs)} containers, {len(site.stacks)} stacks."
    for stack in site.stacks:
        state = f"{stack.idle}, and the first run starts it" if stack.idle else "as it runs"
        yield f"  stacks/{stack.folder}: {stack.project} on {stack.vm_name}, {state}"
    yield "Hosts files stay as they are (dns_server.backend: none); `hosts` there publishes the site's names."
    if site.not_carried:
        yield f"Not carried, or carried in another form ({len(site.not_carried)}):"
        yield from (f"  - {item.text()}" for item in site.not_carried)
    for text in written.problems:
        yield f"To mend before the first run: {text}"
    yield f"Next (settings that are known are in {folder}/Pulumi.yaml):"
    yield f"  cd {shlex.quote(str(folder))}"
    yield "  pulumi login …; pulumi stack init prod"
    yield "  pulumi config set --secret proxmoxve:apiToken              # each of these asks for the value"
    if asked.portainer:
        key = "portainerApiKey" if os.environ.get(KEY) else "portainerPassword"
        yield f"  pulumi config set --secret phoenix:{key}"
    for secret, variable in written.secrets.items():
        yield f"  pulumi config set --secret --path phoenix:secrets.{secret}   # {variable}"
        if place := written.otherwise.get(secret):
            yield "    # not its text at Portainer, which compose reads as another value, but what the containers have;"
            yield f"    # {place}"
    if "phoenix:traefikTarget" not in settings:
        yield "  pulumi config set phoenix:traefikTarget DIRECTORY          # or ssh://…, pct://…; the README says it"
    yield "  phoenix adopt                                              # firewall and resolver of Proxmox, as they are"
    yield "  pulumi preview"
    yield "Passwords in compose files were copied with them: look for them before you share the folder."
