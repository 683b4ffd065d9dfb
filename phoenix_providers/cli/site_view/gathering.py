"""Gathering the site as it is now: files, state, one look at each server. Reads only, and takes no lock."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.state_folder import StateFolder
from phoenix_providers.cli.engine.state_lock import locks_in
from phoenix_providers.cli.site_view.known import Asked, Known, KnownFiles
from phoenix_providers.cli.site_view.looked import Looked, look, trouble_of
from phoenix_providers.cli.site_view.outlook import Outlook, outlook
from phoenix_providers.cli.site_view.site_view import ProductView, SiteView, Trouble
from phoenix_providers.cli.site_view.stack_views import stack_views
from phoenix_providers.cli.site_view.step_views import next_command, step_views
from phoenix_providers.cli.site_view.views import environment_views, guest_views, route_views
from phoenix_providers.errors import PhoenixError, UsageError
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.routes.route_checks import RouteCheck
from phoenix_providers.planning.site.state_lock import LockStanding
from phoenix_providers.planning.stacks.health import HealthStatus

# What the engine says to somebody who has never run it here, and to somebody whose login is lost.
_NO_STACK, _NO_LOGIN = "No Pulumi stack is selected", "Pulumi does not know yet"


def gather(engine: Engine, asked: Asked | None = None) -> SiteView:
    """Look at everything once.

    Args:
        engine: Has the state.
        asked: Returns its answers, if somebody has asked it ahead.

    Raises:
        PhoenixError: The state cannot be read, or the stack's settings are wrong.
        UsageError: There is no Pulumi stack of the name that was given.
    """
    began = time.time()
    try:
        known = Known.of(engine, asked)
    except UsageError as error:
        what = error.explanation.what
        if what.startswith(_NO_LOGIN) or (what.startswith(_NO_STACK) and not engine.names_stack):
            return _without_state(error, began)
        raise
    checks = known.checks
    # Where the state is, only the engine knows as a rule, which takes its time.
    with ThreadPoolExecutor(max_workers=1) as pool, contextlib.chdir(engine.project):
        held = pool.submit(_lock, engine, known)
        looked = look(known.clients, known.question(checks))
        expected = expectation(known, looked, engine)
    return site_view(known, looked, expected, checks, began, held=held.result())


def _lock(engine: Engine, known: Known) -> LockStanding | None:
    try:
        place = StateFolder.place(engine.backend)
        folder = StateFolder.inside(place, known.project, known.pulumi_stack) if place is not None else None
        return next(iter(locks_in(folder)), None) if folder is not None else None
    except (PhoenixError, OSError):
        return None


def expectation(known: Known, looked: Looked, engine: Engine, only: Collection[str] | None = None) -> Outlook:
    """Return what a run would change, of `only` these if they are given, unless something keeps us from knowing it."""
    if not known.stored.is_deployed:
        return Outlook(None, "never deployed")
    if known.files:
        return Outlook(None, "the files have errors")
    if not looked.all_answer:
        silent = ", ".join(one.name for one in looked.products if one.answers is False)
        return Outlook(None, f"{silent} did not answer")
    # The same clients: nobody is asked twice for what has just been seen.
    clients_of_run.use(known.clients)
    try:
        return outlook(known.resources, known.config, known.project, known.pulumi_stack, engine.project, only)
    finally:
        clients_of_run.use(None)


def _without_state(error: UsageError, began: float) -> SiteView:
    """Return what the files tell; nobody knows here whether anything was ever deployed."""
    proxmox, portainer, traefik = (ProductView(name, "", None) for name in ("Proxmox", "Portainer", "Traefik"))
    state = trouble_of(error)
    return site_view(
        KnownFiles.offline(), Looked(proxmox, portainer, traefik), Outlook(None, state.what), (), began, state
    )


def site_view(
    known: KnownFiles,
    looked: Looked,
    expected: Outlook,
    checks: Sequence[RouteCheck],
    began: float,
    state: Trouble | None = None,
    held: LockStanding | None = None,
) -> SiteView:
    """Put everything together that is known by now."""
    plan, stored, files = known.plan, known.stored, known.files
    environments = environment_views(plan, stored, looked)
    stacks = stack_views(plan, stored, looked, environments, is_read=known.configuration is not None)
    routes = route_views(checks, looked)
    deployed = stored.is_deployed if state is None else None
    if state is not None:
        stacks = tuple(replace(one, health=HealthStatus.UNKNOWN, message=state.what, next_step="") for one in stacks)
    steps = step_views(
        plan,
        files,
        known.last_run,
        looked.products,
        environments,
        stacks,
        routes,
        expected.changes,
        deployed=deployed,
        warnings=len(known.warnings),
    )
    lock = _held(held) if held is not None else None
    # A run that goes on ends by itself.
    stale = lock if held is not None and held.kind == "stale" else None
    command = next_command(files, looked.products, environments, routes, stacks, expected.changes, deployed=deployed)
    return SiteView(
        domain=plan.domain,
        pulumi_stack=known.pulumi_stack,
        taken_at=began,
        took=time.time() - began,
        deployed=deployed,
        changed_at=stored.changed_at,
        steps=steps,
        products=looked.products,
        guests=guest_views(known.configuration, plan, looked),
        environments=environments,
        stacks=stacks,
        routes=routes,
        changes=expected.changes,
        changes_unknown=expected.unknown,
        last_run=known.last_run,
        files=files,
        state=state,
        next_command=waits.next_step if (waits := state or stale) is not None else command,
        warnings=known.warnings,
        lock=lock,
    )


def _held(lock: LockStanding) -> Trouble:
    told = lock.explanation()
    return Trouble(told.what, told.seen, told.next_step)
