"""Taking over what Proxmox has already: what `phoenix adopt` does, and `phoenix sync all` where it is needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import click
import psutil
from pydantic import SecretStr

from phoenix_providers.cli.engine.own_state import own_state
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.stack_configuration import stack_configuration
from phoenix_providers.cli.take_over.names import names_with_more, refuse_other_content, show_names
from phoenix_providers.cli.take_over.site_file_edit import keep_foreign
from phoenix_providers.clients.dns.generated_names import generated_names
from phoenix_providers.clients.dns.name_server import open_name_server
from phoenix_providers.clients.proxmox.api import ProxmoxApi
from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.clock import SystemClock
from phoenix_providers.errors import PhoenixError, UnsafeError, UsageError
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations.proxmox.guest_lookup import refuse_absent
from phoenix_providers.operations.proxmox.plugin_watchdog import (
    PluginWatchdog,
    asking_limit,
    bound_of_silence,
    plugins_of,
)
from phoenix_providers.operations.proxmox.take_over_look import look
from phoenix_providers.planning.discovery.script_constants import host_address
from phoenix_providers.planning.dns.generated_names import still_generated
from phoenix_providers.planning.firewall.adoption import Adoption, adoption
from phoenix_providers.planning.firewall.names.adoption import NameAdoption
from phoenix_providers.planning.firewall.rules.lists import lists_of_rules, places_of_rules
from phoenix_providers.planning.proxmox.api_words import rule_text, wanted_by_scope
from phoenix_providers.planning.proxmox.guest_resources import former_names, recorded_numbers
from phoenix_providers.planning.proxmox.take_over import examine
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.unknown_stacks import kept_fields
from phoenix_providers.planning.site_plan import SitePlan

_QUESTION_SECONDS = 1.0


@dataclass(frozen=True)
class _Site:
    configuration: Configuration
    plan: SitePlan


def adopt(engine: Engine, *, yes: bool, drop_foreign: bool, all_places: bool = True) -> int:
    """Bring what Proxmox has into the state, and name what is foreign in the files; return the exit code.

    Args:
        engine: The site's engine.
        yes: Do not ask.
        drop_foreign: Do not keep foreign entries and rules.
        all_places: Also places where a first run would overwrite nothing.

    Raises:
        UnsafeError: Something foreign would be lost, and nobody has said that it may; or the state is another site's.
    """
    site = _load(engine)
    resources = own_state(engine, site.configuration.settings.site_id)
    stored = frozenset(str(item["urn"]).rpartition("::")[2] for item in resources)
    recorded = stored | former_names(stored).keys()
    missing = _first_written(site.plan, recorded)
    found = _look(engine, site, missing, recorded, all_places=all_places) if missing else []
    names = _names(engine, site, recorded)
    _tell_generated(site)
    if not found and not names:
        if all_places:
            click.echo("Nothing to take over: all that is declared on Proxmox is in the state, or not there yet.")
        return 0
    _show(found, drop_foreign=drop_foreign)
    show_names(names, drop_foreign=drop_foreign)
    if not yes:
        _confirm("Take this over?")
    _keep_copies(site.configuration, found)
    if not drop_foreign:
        _refuse_inexpressible(found)
        _refuse_unknown(site.plan, found)
        _refuse_misplaced(site, found)
        refuse_other_content(site.configuration, names)
        for file in keep_foreign(site.configuration, found, [edit for item in names for edit in item.edits]):
            click.echo(f"kept in {file}")
    imports = [one for item in found for one in item.imports]
    code = (
        0
        if not imports
        else engine.take_over(imports, lambda process: _watch(engine, site.configuration.settings, process))
    )
    if code != 0:
        raise PhoenixError("Taking over did not work", seen="the engine's message is above", next_step="phoenix adopt")
    click.echo("Taken over. `pulumi preview` shows what the files change.")
    return 0


def _tell_generated(site: _Site) -> None:
    """Name what the old scripts' dnsmasq goes on answering: no import changes that."""
    configuration, records = site.configuration, {record.hostname: record.ip for record in site.plan.dns}
    text = configuration.settings.dns_server or host_address(configuration)
    if not configuration.site.dns_server.enabled or not text:
        return
    server = open_name_server(text, _QUESTION_SECONDS)
    if found := generated_names(server, records):
        click.echo(f"warning: {still_generated(found, records, text, server.address).text()}", err=True)


def _load(engine: Engine) -> _Site:
    configuration = stack_configuration(engine)
    return _Site(configuration, plan_site(configuration))


def _names(engine: Engine, site: _Site, recorded: frozenset[str]) -> Sequence[NameAdoption]:
    if all(one.resource_name in recorded for one in site.plan.firewall.names):
        return ()
    settings = open_proxmox(engine, site.configuration.settings)
    return names_with_more(site.configuration, site.plan.firewall.names, recorded, settings)


def _first_written(plan: SitePlan, recorded: frozenset[str]) -> dict[ProxmoxScope, tuple[str, ...]]:
    places = {scope: scope.first_written(wanted.files, recorded) for scope, wanted in wanted_by_scope(plan).items()}
    return {scope: names for scope, names in places.items() if names}


def _look(
    engine: Engine,
    site: _Site,
    missing: Mapping[ProxmoxScope, Sequence[str]],
    recorded: Collection[str],
    *,
    all_places: bool,
) -> Sequence[Adoption]:
    api = _open_api(engine, site.configuration.settings.request_timeout)
    settings = api.settings
    refuse_absent(settings, api.url, site.plan.guests, recorded_numbers(recorded))
    wanted = wanted_by_scope(site.plan)
    found = []
    for scope, names in missing.items():
        live = look(settings, scope)
        if all_places or examine(scope, names, live, wanted[scope]).losses:
            lists = lists_of_rules(site.configuration, site.plan.firewall, scope)
            found.append(adoption(scope, names, live, wanted[scope], lists))
    return found


def open_proxmox(engine: Engine, settings: Settings) -> ProxmoxSettings:
    """Return what Proxmox has set, asked with the settings of the stack."""
    return _open_api(engine, settings.request_timeout).settings


def _open_api(engine: Engine, timeout: float) -> ProxmoxApi:
    access = engine.proxmox_access()
    url = access.get("endpoint") or os.environ.get("PROXMOX_VE_ENDPOINT", "")
    token = access.get("apiToken") or os.environ.get("PROXMOX_VE_API_TOKEN", "")
    if not url or not token:
        raise UsageError(
            "The Proxmox API is not set",
            seen="no endpoint" if not url else "no API token",
            expected="proxmoxve:endpoint and proxmoxve:apiToken",
            next_step="pulumi config set proxmoxve:endpoint URL && pulumi config set --secret proxmoxve:apiToken",
        )
    insecure = access.get("insecure", "").lower() == "true"
    return ProxmoxApi(url, SecretStr(token), timeout=timeout, insecure=insecure)


def _watch(engine: Engine, settings: Settings, process: subprocess.Popen[bytes]) -> None:
    """End the Proxmox plugin of an import when Proxmox hangs; an import runs nothing of ours that could."""
    api = _open_api(engine, asking_limit(settings))
    PluginWatchdog(
        api.url,
        api.is_heard,
        lambda: plugins_of(psutil.Process(process.pid), api.port),
        SystemClock(),
        bound_of_silence(settings),
        is_over=lambda: process.poll() is not None,
    ).run(lambda text: click.echo(text, err=True))


def _show(found: Iterable[Adoption], *, drop_foreign: bool) -> None:
    click.echo("Proxmox has these already:")
    fate = "is dropped" if drop_foreign else "is kept"
    for item in found:
        click.echo(f"  {item.scope.title}: {', '.join(one.name for one in item.imports)}")
        for entry in item.entries:
            click.echo(f"    foreign hosts entry {fate}: {entry.address} {' '.join(entry.names)}")
        for entry in item.unreadable:
            line = f"{entry.address} {' '.join(entry.names)}"
            click.echo(f"    hosts entry left out, since {entry.address} is no IP address that anybody reads: {line}")
        for rule in (*(one.rule for one in item.rules), *(one.rule for one in item.misplaced)):
            click.echo(f"    foreign rule {fate}: {rule_text(rule)}")
        for rule in item.idle:
            click.echo(f"    foreign rule left out, since one with the same words decides: {rule_text(rule)}")
        kept = {} if drop_foreign else item.options
        for field, value in kept.items():
            click.echo(f"    option is kept: {field}: {json.dumps(value)}")
        for field, change in item.changes.items():
            if field not in kept:
                click.echo(f"    option changes: {field}: {change}")
        for rule in item.inexpressible:
            click.echo(f"    foreign rule that the files cannot say: {rule_text(rule)}")


def _refuse_inexpressible(found: Iterable[Adoption]) -> None:
    rules = [f"{item.scope.title}: {rule_text(rule)}" for item in found for rule in item.inexpressible]
    if rules:
        raise UnsafeError(
            "Some rules on Proxmox cannot be kept, because the site's files have no words for them",
            seen="\n            ".join(rules),
            expected="rules that a site file can say",
            next_step="replace them on Proxmox, or drop everything foreign: phoenix adopt --drop-foreign",
        )


def _refuse_unknown(plan: SitePlan, found: Iterable[Adoption]) -> None:
    """Refuse to take rules for foreign that may be those of a stack whose files cannot be read."""
    places = [
        f"{item.scope.title}: {len(item.rules) + len(item.misplaced)} rules that the files do not name"
        for item in found
        if (item.rules or item.misplaced) and "rules" in kept_fields(plan, item.scope)
    ]
    if places:
        raise UnsafeError(
            "Whose some rules on Proxmox are is unknown, because the rules of some stacks cannot be read",
            seen="\n            ".join([*places, *(problem.explanation().text() for problem in _of_stacks(plan))]),
            expected="stacks whose folder, manifest and rules can be read",
            next_step="mend what is said of them, then phoenix adopt",
        )


def _of_stacks(plan: SitePlan) -> Iterator[Problem]:
    """Yield what is wrong with stacks of the machines in doubt."""
    for stack in plan.stacks:
        if stack.vmid in plan.vms_in_doubt:
            yield from (problem for problem in stack.problems if problem.severity is Severity.ERROR)


def _refuse_misplaced(site: _Site, found: Iterable[Adoption]) -> None:
    """Refuse where the files cannot hold Proxmox's order; nothing is in them yet."""
    told = []
    for item in found:
        places = places_of_rules(site.plan.firewall, item.scope)
        for one in item.misplaced:
            sides = [
                f"{side} the rule at {site.configuration.locate(*places[position])}"
                for side, position in (("behind", one.behind), ("before", one.before))
                if position is not None
            ]
            told.append(f"{item.scope.title}: {{{rule_text(one.rule)}}} has to come {' and '.join(sides)}")
    if told:
        raise UnsafeError(
            "Some rules on Proxmox have a place among yours that the site's files cannot give them",
            seen="\n            ".join(told),
            expected="a list in the site's files that has this place, so that Proxmox decides as it does now",
            next_step="move your rules, so that they stand as on Proxmox, in one list: that of the site, or that of "
            "the guest\n            and not of a stack; or drop everything foreign: phoenix adopt --drop-foreign",
        )


def _keep_copies(configuration: Configuration, found: Iterable[Adoption]) -> None:
    """Keep hosts files as they were: the Proxmox plugin writes them without comments."""
    for item in found:
        if item.hosts:
            copy = configuration.folder / f"hosts-{item.scope.node}.before-phoenix"
            if not copy.exists():
                copy.write_text(item.hosts, encoding="utf-8")
                click.echo(f"The hosts file of {item.scope.node} with its comments, which do not stay, is in {copy}")


def _confirm(question: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError(
            f"{question} Nobody is there to answer",
            expected="a terminal, or --yes",
            next_step="run the same command with --yes",
        )
    if not click.confirm(question):
        raise UsageError("Nothing was done", next_step="run the same command again once you agree")
