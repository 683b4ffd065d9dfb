"""`phoenix demo`: the whole chain on this machine, from nothing, with the real engine and the real Traefik."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
from rich.console import Console
from rich.table import Table

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.lab import start
from phoenix_providers.cli.project.site_folder import EXAMPLE
from phoenix_providers.cli.rehearsal.expected_routes import ExpectedRoute, expected_routes
from phoenix_providers.cli.rehearsal.workspace import wanted_secrets
from phoenix_providers.errors import PhoenixError
from phoenix_providers.lab import control
from phoenix_providers.lab.home import LabHome
from phoenix_providers.lab.probe import ask
from phoenix_providers.lab.request_log import named_in, since
from phoenix_providers.lab.tamper import PortainerByHand
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site_plan import SitePlan, StackPlan

_EDITED_STACK, _SYNCED_STACK = "grafana", "homepage"
_QUIET = ["--yes", "--skip-preview", "--suppress-outputs"]


@click.command()
@click.option("--keep", is_flag=True, help="Leave the demo's folder behind to look at.")
def demo(keep: bool) -> None:
    """Show the whole chain on this machine."""
    console = Console(highlight=False)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    with _folder(keep) as folder:
        home = LabHome(folder)
        _title(console, "Start the lab: stand-ins for Proxmox and Portainer, the real Traefik; all on loopback")
        try:
            _show(console, home, start(home, EXAMPLE, "async"))
        finally:
            control.down(home.products)
    click.echo("\nThe demo has stopped what it started. Next:")
    click.echo("  .venv/bin/phoenix lab up     keeps a lab running; break something, run pulumi up, look")
    click.echo("second pass: 0 changes")


def _show(console: Console, home: LabHome, running: control.RunningLab) -> None:
    engine = Engine(home.site, "lab", home.environment())
    plan = _plan(home)
    _title(console, "pulumi up: the whole site from nothing")
    _up(engine)
    _title(console, "Every route, asked through Traefik")
    _check_routes(console, running, expected_routes(plan))
    _title(console, f"Drift: {_EDITED_STACK} is edited behind Pulumi's back; one pulumi up repairs it")
    _repair_drift(console, engine, running, _stack(plan, _EDITED_STACK))
    target = f"'**::{_stack(plan, _SYNCED_STACK).resource_name}'"
    _title(console, f"One stack alone: its file is edited, then pulumi up --target {target} --target-dependents")
    _sync_one(console, engine, home, running, plan)
    _title(console, "Second pass: pulumi up --expect-no-changes")
    _require(engine.run("up", [*_QUIET, "--expect-no-changes"]) == 0, "the second pass changed something")
    _check_routes(Console(quiet=True), running, expected_routes(plan))


def _repair_drift(console: Console, engine: Engine, running: control.RunningLab, stack: StackPlan) -> None:
    by_hand = PortainerByHand(running)
    by_hand.edit(stack.project, f"{stack.compose}\n# edited by hand\n")
    console.print(f"  edited {stack.project} on Portainer's side: one line more in its file")
    _require(by_hand.file(stack.project) != stack.compose, "the edit did not reach Portainer")
    _up(engine)
    _require(by_hand.file(stack.project) == stack.compose, "the edit is still there")
    console.print(f"  {stack.project} is as declared again", style="green")


def _sync_one(console: Console, engine: Engine, home: LabHome, running: control.RunningLab, plan: SitePlan) -> None:
    stack = _stack(plan, _SYNCED_STACK)
    environment = next(item.name for item in plan.environments if item.vmid == stack.vmid)
    compose = home.site / "config" / "stacks" / stack.name / "docker-compose.yml"
    compose.write_text(compose.read_text() + "\n# a change of the declaration\n")
    log = Path(running.request_log)
    before = log.stat().st_size
    code = engine.run("up", [*_QUIET, "--target-dependents"], targets=[f"**::{stack.resource_name}"])
    _require(code == 0, "the scoped run failed")
    entries = since(log, before)
    asked = [entry for entry in entries if entry["product"] == "proxmox"]
    touched = named_in([entry for entry in entries if entry["product"] != "proxmox"])
    console.print(f"  the lab's request log names nothing but: {', '.join(sorted(touched))}", style="green")
    console.print("  of Proxmox it only asked what the firewall keeps out", style="green")
    _require(touched == {f"{stack.project}@{environment}", environment}, "the scoped run touched something else")
    _require({entry["method"] for entry in asked} <= {"GET"}, "the scoped run wrote on Proxmox")


def _check_routes(console: Console, running: control.RunningLab, routes: tuple[ExpectedRoute, ...]) -> None:
    table = Table("asked for", "answered by", box=None, pad_edge=False)
    wrong = []
    for route in routes:
        reply = ask(running.traefik_url, route.host, route.path)
        answered = route.matches(reply)
        wrong += [] if answered else [route.host]
        table.add_row(f"http://{route.host}{route.path}", route.told(reply), style="green" if answered else "red")
    console.print(table)
    _require(not wrong, f"the wrong back end, or none, answered for {', '.join(wrong)}")


def _up(engine: Engine) -> None:
    _require(engine.run("up", _QUIET) == 0, "pulumi up failed")


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise PhoenixError(
            f"The demo stops here: {otherwise}", next_step="phoenix demo   (once more; what it printed above says why)"
        )


def _stack(plan: SitePlan, name: str) -> StackPlan:
    return next(stack for stack in plan.stacks if stack.name == name)


def _plan(home: LabHome) -> SitePlan:
    settings = Settings(config_dir=str(home.site / "config"), secrets=frozenset(wanted_secrets(home)))
    return plan_site(load_configuration(home.site / "config", settings))


def _title(console: Console, text: str) -> None:
    console.print(f"\n[bold]■ {text}[/bold]")


def _stop(_number: int, _frame: FrameType | None) -> None:
    """End as at Ctrl-C; a KeyboardInterrupt would only wait for the engine, which gets Ctrl-C too, but not these."""
    raise click.Abort


@contextmanager
def _folder(keep: bool) -> Iterator[Path]:
    """Give a folder outside the work tree; it is removed unless something went wrong or it is to be kept."""
    folder = Path(tempfile.mkdtemp(prefix="phoenix-demo-"))
    try:
        yield folder
    except BaseException:
        click.echo(f"The demo's folder is left to look at: {folder}", err=True)
        raise
    if keep:
        click.echo(f"The demo's folder: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
