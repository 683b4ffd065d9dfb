"""A lab that rehearses the user's own site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from phoenix_providers.cli.project import site_folder
from phoenix_providers.cli.project.offline_plan import with_secrets_set
from phoenix_providers.cli.rehearsal.copy import copy, interfaces
from phoenix_providers.cli.rehearsal.foreign_routing import foreign_routing
from phoenix_providers.cli.rehearsal.imitation import free_in, imitate, with_neighbours
from phoenix_providers.cli.rehearsal.rehearsed_site import KEPT, RehearsedSite, rehearsed_site
from phoenix_providers.cli.rehearsal.workspace import connect, forget_settings, make_folders
from phoenix_providers.errors import PhoenixError, UsageError
from phoenix_providers.lab import control
from phoenix_providers.lab.home import LabHome
from phoenix_providers.lab.loopback import Loopback
from phoenix_providers.lab.network import free_network
from phoenix_providers.lab.site import LabSite
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.problem import Severity
from phoenix_providers.models.settings import ServersTransport, Settings
from phoenix_providers.planning.firewall.names.elsewhere import names_elsewhere
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site_plan import SitePlan

_ORIGIN = "rehearses"


def rehearse(home: LabHome, folder: Path, stack: str | None, style: str) -> Iterator[str]:
    """Start a lab for the site in which a folder lies; yield what to tell the user.

    Raises:
        PhoenixError: The files are wrong, this lab belongs to another site, or it did not start.
    """
    site = rehearsed_site(folder, stack)
    refuse_other(home, site.project)
    if _running(home):
        raise UsageError(
            "The lab runs already, with the files that it has copied",
            where=str(home.site),
            next_step="phoenix lab down   (then start it again, and it copies them anew)",
        )
    with Console(stderr=True).status("starting the lab"):
        imitated, plan, settings = _prepared(home, site, style)
        running = started(imitated, home)
        connect(home, running, settings, site.transport)
    yield f"The lab runs a copy of {site.project}; your folder, your state and your products are left alone."
    yield from _stand_ins(imitated, plan)
    yield "Real: the engine, Traefik, and every request through it."
    yield "Made up: the secrets of your Pulumi stack, and in the copy every value that is named like a password, or has"
    yield "the form of one (an address with a password, a well-known token, a hash, a private key)."
    yield f"Copied as it is: all else. A password in a comment or in a free text stays readable in {home.site}."
    yield from _without_stand_in(plan)
    errors = [problem for problem in plan.every_problem if problem.severity is Severity.ERROR]
    for problem in errors:
        yield f"{problem.stack or 'site'}: {problem.explanation().text()}"
    yield ""
    yield f"  source {home.shell}   # and go to the copy"
    yield "  pulumi up                          # or: phoenix sync all"
    yield f"  vi {settings['configDir']}/…         # change or break something, then again"
    yield "  phoenix lab down                   # after a change of your own files: down, and up --site again"


def refuse_other(home: LabHome, project: Path | None) -> None:
    """Refuse a lab that was made for another site.

    Raises:
        UsageError: It was.
    """
    origin = home.folder / _ORIGIN
    known = Path(origin.read_text().strip()) if origin.is_file() else None
    has_site = (home.site / "config").exists()
    if (has_site and known != project) or (known is not None and known != project):
        raise UsageError(
            "This lab was made for another site",
            where=str(home.folder),
            seen=str(known or "the example"),
            expected=str(project or "the example"),
            next_step="phoenix lab down --forget   (or a second lab: PHOENIX_LAB=FOLDER phoenix lab up …)",
        )


def started(site: LabSite, home: LabHome) -> control.RunningLab:
    """Start the stand-ins.

    Raises:
        PhoenixError: They did not start.
    """
    try:
        return control.up(site, home.products)
    except control.LabError as error:
        if "Permission denied" in str(error):
            raise PhoenixError(
                "The lab may not listen on ports below 1024, as services of this site do",
                seen=str(error).strip().splitlines()[-1],
                expected="root, or a machine on which everybody may",
                next_step="sudo sysctl net.ipv4.ip_unprivileged_port_start=0, then the same command",
            ) from None
        raise PhoenixError(
            "The lab did not start",
            seen=str(error),
            expected="loopback addresses of its own; another lab or demo that runs may have them",
            next_step="stop that one, or make a second lab: PHOENIX_LAB=FOLDER phoenix lab up",
        ) from None


def _running(home: LabHome) -> bool:
    try:
        return control.status(home.products) is not None
    except control.LabError as error:
        raise PhoenixError(
            "It cannot be told where the lab is", seen=str(error), next_step="phoenix lab down, then phoenix lab up"
        ) from None


def _prepared(home: LabHome, site: RehearsedSite, style: str) -> tuple[LabSite, SitePlan, dict[str, str]]:
    """Make the copy; return what to imitate, what the copy declares, and the settings for it."""
    make_folders(home)
    (home.folder / _ORIGIN).write_text(f"{site.project}\n")
    loopback = Loopback(_beginning(home), interfaces(site.configuration))
    folder = copy(site.configuration, home.site / "config", loopback)
    # Its site id is that of the state which the lab may have already.
    if not (home.site / "Pulumi.yaml").exists():
        site_folder.write_project(home.site)
    forget_settings(home, KEPT)
    kept = {key: loopback.text(value) for key, value in site.kept.items()}
    settings = Settings.from_raw(kept)
    transport = ServersTransport(name=site.transport, root_ca="made by the lab")
    settings = settings.model_copy(update={"servers_transport": transport})
    configuration = load_configuration(folder, settings)
    imitated = imitate(configuration, style=style, spare=loopback.spare)
    taken = {imitated.node_address, imitated.portainer_address, *(guest.address for guest in imitated.guests)}
    sync = free_in(imitated.network, taken)
    plan = plan_site(with_secrets_set(configuration))
    imitated = with_neighbours(replace(imitated, sync_address=sync), configuration, plan)
    own = {"configDir": str(folder.relative_to(home.site)), "syncAddress": sync}
    return imitated, plan, {**kept, **own}


def _beginning(home: LabHome) -> str:
    """Return the beginning of addresses that this lab had before, else of free ones: its state remembers them."""
    file = home.products / "site.json"
    if file.is_file():
        return ".".join(LabSite.load(file).node_address.split(".")[:2]) + "."
    return free_network().removesuffix("0.")


def _stand_ins(site: LabSite, plan: SitePlan) -> Iterator[str]:
    agents = sum(guest.role == "agent" for guest in site.guests)
    yield f"Stand-ins: Proxmox, Portainer, the Docker of {agents} agents, the services of guests, images of any name."
    foreign = [*foreign_routing(plan, ()).stand_ins, *(f"resolver {name}" for name in site.cert_resolvers)]
    if foreign:
        yield f"Stand-ins in Traefik for what others define: {', '.join(foreign)}."
    if names := sorted(site.foreign_names):
        yield f"Stand-ins in DNS for what others answer: {', '.join(names)}."
    if site.more_entry_points:
        shown = ", ".join(f"{name} (port {port})" for name, port in site.more_entry_points.items())
        yield f"Entry points beside web (port {site.traefik_web_port}): {shown}."


def _without_stand_in(plan: SitePlan) -> Iterator[str]:
    # What such a name stands for is on the user's Proxmox alone, and a made-up network would rehearse another firewall.
    rules = list(names_elsewhere(plan.firewall))
    if rules:
        yield "Not in the lab: names that only your own Proxmox has. A run refuses these rules here until the copy"
        yield "declares them (firewall.aliases, ip_sets, security_groups); what they hold is on your Proxmox."
        yield from (f"  {rule.where}: {rule.seen}" for rule in rules)
