"""`phoenix check [NAME]`: every route from the DNS answer to the back end's status."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_interface
from pathlib import Path

import click

from phoenix_providers.cli.documents.check_document import CheckDocument
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.stack_configuration import stack_configuration
from phoenix_providers.cli.left_volumes import left_volumes
from phoenix_providers.cli.project.planned import Planned
from phoenix_providers.cli.screens.console import console
from phoenix_providers.cli.screens.followed_routes import draw_routes
from phoenix_providers.cli.screens.waiting import Waiting
from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.errors import PhoenixError, ProductError, UsageError
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.engine_properties import EngineRecord, Properties, StoredProperties
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations.clients_of_run import clients_for, proxmox_endpoint
from phoenix_providers.operations.traefik import route_chain
from phoenix_providers.operations.traefik.back_end_look import BackEndLook
from phoenix_providers.operations.traefik.route_chain import Chain
from phoenix_providers.planning.findings import nearest
from phoenix_providers.planning.routes.guest_routes import router_of
from phoenix_providers.planning.routes.refused_routes import Refusal
from phoenix_providers.planning.routes.route_checks import RouteCheck, route_checks
from phoenix_providers.planning.routes.unpublished_routes import unpublished_routes, without_route
from phoenix_providers.program.firewall_question import outside_a_run
from phoenix_providers.program.tree import is_component
from phoenix_providers.resources.packed_values import unpacked
from phoenix_providers.resources.stored_outputs import outputs_of
from phoenix_providers.resources.traefik_config import PARTS


@click.command(short_help="Follow every route, and say where it breaks.")
@click.argument("name", required=False)
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
@click.option("--json", "as_json", is_flag=True, help="Print it for other programs (docs/json/check.schema.json).")
def check(name: str | None, pulumi_stack: str | None, *, as_json: bool) -> None:
    """Follow every route, or those of NAME (a guest, stack, router or host name), and say where the chain breaks.

    Behind a back end that does not answer it looks at the containers, at the firewall and at the port, and says which
    of them is the cause. Without a name it also lists volumes of stacks that are gone.
    """
    engine = Engine(Path.cwd(), pulumi_stack)
    with Waiting("following the routes"):
        chains = survey(engine, name)
        volumes = () if name else tuple(left_volumes(engine))
    if as_json:
        click.echo(CheckDocument.of(chains, volumes).text())
    else:
        draw_routes(chains, console())
        for line in volumes:
            click.echo(line)
    if any(chain.broken for chain in chains):
        sys.exit(ProductError.exit_code)


def survey(engine: Engine, name: str | None = None, planned: Planned | None = None) -> tuple[Chain, ...]:
    """Follow all published routes, side by side.

    Args:
        engine: Has what was published.
        name: Follow those of this one alone.
        planned: What the files declare, if somebody has read them; else they are read.

    Raises:
        UsageError: There is nothing to ask, or nobody of that name.
    """
    resources, configured = engine.asked_ahead()()
    settings = planned.configuration.settings if planned else _settings(engine, configured)
    if settings.traefik_api_url is None:
        raise UsageError(
            "Routes can only be followed through Traefik's API",
            seen="no phoenix:traefikApiUrl",
            next_step="pulumi config set phoenix:traefikApiUrl http://TRAEFIK:8080",
        )
    planned = planned or Planned.of(load_configuration(settings.config_folder, settings))
    checks = _checks(resources, planned, name)
    api = TraefikApi(settings.traefik_api_url, timeout=settings.request_timeout)
    chains = route_chain.survey(api, settings.dns_server or _proxmox_host(planned.configuration), checks)
    question = outside_a_run(planned.plan, proxmox_endpoint(configured), settings.sync_address or "")
    # Paths in settings are relative to it.
    with contextlib.chdir(engine.project):
        look = BackEndLook(clients_for(configured), _stacks(resources), question, planned.plan.rule_places)
        return look.explained(chains)


def _settings(engine: Engine, configured: Mapping[str, str]) -> Settings:
    raw = {key.removeprefix("phoenix:"): value for key, value in configured.items() if key.startswith("phoenix:")}
    return Settings.from_raw(raw).resolve(engine.project)


def _stacks(resources: Iterable[EngineRecord]) -> dict[str, Properties]:
    found = {
        str(one["urn"]).rpartition("::")[2]: outputs_of(one)
        for one in resources
        if str(one["type"]).endswith(":PortainerStack") and not is_component(one["type"])
    }
    return {name: one | {"server": unpacked(one["server"])} for name, one in found.items() if "server" in one}


@dataclass(frozen=True)
class Followed:
    """How the routes are behind a sync.

    Attributes:
        code: The exit code.
        answered: How many routes are answered, of `total`.
        why_not: Why nobody has followed them; empty if somebody has.
    """

    code: int
    answered: int = 0
    total: int = 0
    why_not: str = ""


def after_sync(engine: Engine, name: str | None = None, planned: Planned | None = None) -> Followed:
    """Follow the routes that a sync has published.

    A route without answer is a warning, except for stacks that demand an answer.
    """
    try:
        chains = survey(engine, name, planned)
    except UsageError as error:
        # Nobody to ask, which publishing has said already, or a stack without routes.
        return Followed(0, why_not=error.explanation.seen or error.explanation.what)
    except PhoenixError as error:
        click.echo(f"warning: the routes were not followed: {error.explanation.what}", err=True)
        return Followed(0, why_not=error.explanation.what)
    broken = [chain for chain in chains if chain.broken]
    answered, total = len(chains) - len(broken), len(chains)
    if not broken:
        return Followed(0, answered, total)
    draw_routes(broken, console(stderr=True))
    stacks = stack_configuration(engine).stacks
    limits = {stack: folder.manifest.limits for stack, folder in stacks.items()}
    demanding = {stack for stack, own in limits.items() if own.probe == "required" and not own.hold}
    failed = sorted({chain.check.owner for chain in broken if chain.check.owner.partition("@")[0] in demanding})
    if failed:
        click.echo(f"{ProductError.label}: {', '.join(failed)} demands that its routes are answered", err=True)
        return Followed(ProductError.exit_code, answered, total)
    click.echo("warning: the sync is done, but not every route is answered", err=True)
    return Followed(0, answered, total)


def _checks(resources: Sequence[EngineRecord], planned: Planned, name: str | None) -> tuple[RouteCheck, ...]:
    """Return what to ask, from what the state says is published."""
    parts: Properties = {}
    refused: dict[str, Refusal] = {}
    stacks: dict[str, StoredProperties] = {}
    for resource in (one for one in resources if not is_component(one["type"])):
        outputs = outputs_of(resource)
        if str(resource["type"]).endswith(":TraefikConfig"):
            parts |= outputs.get(PARTS) or {}
            refused |= {owner: Refusal.from_output(one) for owner, one in (outputs.get("refused") or {}).items()}
        elif str(resource["type"]).endswith(":PortainerStack"):
            stacks[str(resource["urn"]).rpartition("::")[2]] = outputs
    unpublished = unpublished_routes(stacks, parts, refused)
    configuration, plan = planned
    for stack in plan.stacks:
        if stack.held:
            # Whoever holds it knows why its routes are not there.
            unpublished.pop(stack.resource_name, None)
            click.echo(f"{stack.resource_name} is held", err=True)
    records = {record.hostname: record.ip for record in plan.dns}
    mended_by = {record.hostname: record.mended_by for record in plan.dns}
    guests = {router_of(one.traefik_service.name): one.name for one in configuration.guests if one.traefik_service}
    checks = route_checks(parts, records, unpublished, mended_by, guests)
    if not name:
        return checks
    chosen = tuple(check for check in checks if check.is_about(name))
    held = {word.casefold() for stack in plan.stacks if stack.held for word in (stack.name, stack.resource_name)}
    if chosen or name.casefold() in held:
        return chosen
    for stack in plan.stacks:
        if name.casefold() in {stack.name.casefold(), stack.resource_name.casefold()}:
            seen, next_step = without_route(stack)
            raise UsageError(f"No route of {stack.resource_name} is published", seen=seen, next_step=next_step)
    known = {word for check in checks for word in check.words if word}
    raise UsageError(
        f"Nothing called {name} is routed",
        seen=name,
        expected=nearest(name, known) or "a guest, a stack, a router or a host name",
        next_step="phoenix check   (without a name it follows all routes)",
    )


def _proxmox_host(configuration: Configuration) -> str:
    address = configuration.site.network.interfaces.address
    return str(ip_interface(address).ip) if address else ""
