"""Sites as `status` sees them: without a state, healthy, with failures, and large."""

from __future__ import annotations

from dataclasses import replace

from phoenix_providers.cli.site_view.site_view import (
    ChangeView,
    EnvironmentView,
    GuestView,
    LastRun,
    ProductView,
    RouteView,
    ServiceView,
    SiteView,
    StackView,
    StepView,
    Trouble,
)
from phoenix_providers.planning.stacks.health import HealthStatus

NOW = 1_800_000_000.0
_PRODUCTS = (
    ProductView("Proxmox", "https://10.0.0.10:8006", True),
    ProductView("Portainer", "https://10.0.0.110:9443", True),
    ProductView("Traefik", "http://10.0.0.12:8080", True),
)
_SILENT = Trouble(
    "The agent of Portainer's environment media does not answer",
    "tcp://media-agent.home.example:9001: HTTP 502 from Portainer, which reaches no agent there",
    "on that machine: docker start portainer_agent   (docker ps -a shows its name)",
)


def healthy() -> SiteView:
    """Return a site of two VMs and a container on which all is as declared."""
    return SiteView(
        domain="home.example",
        pulumi_stack="prod",
        taken_at=NOW,
        took=1.3,
        deployed=True,
        changed_at=NOW - 300,
        steps=(
            StepView(1, "files", "fine", "3 guests, 3 stacks; no errors"),
            StepView(2, "last run", "fine", "phoenix sync all: in sync"),
            StepView(3, "readiness", "fine", "Proxmox, Portainer and Traefik answer"),
            StepView(4, "core", "fine", "12 DNS records, 9 firewall rules, as declared"),
            StepView(5, "guest routes", "fine", "2 of 2 answered"),
            StepView(6, "Portainer", "fine", "2 of 2 environments answer; 3 Healthy"),
            StepView(7, "stack routes", "fine", "3 of 3 answered"),
        ),
        products=_PRODUCTS,
        guests=(
            GuestView(111, "apps", "vm", "10.0.0.111", "running"),
            GuestView(112, "media", "vm", "10.0.0.112", "running"),
            GuestView(102, "traefik", "lxc", "10.0.0.12", "running"),
        ),
        environments=(EnvironmentView(111, "apps", "apps", "fine"), EnvironmentView(112, "media", "media", "fine")),
        stacks=(
            _stack("grafana", 111, "grafana/grafana:12.1.1"),
            _stack("miniflux", 111, "miniflux/miniflux:2.2.14", "postgres:17-alpine"),
            _stack("paperless", 112, "ghcr.io/paperless-ngx/paperless-ngx:2.18.4"),
        ),
        routes=(
            RouteView("traefik.home.example", "dashboard", "traefik-dashboard-router", "fine", "HTTP 302"),
            RouteView("ca.home.example", "traefik", "ca-router", "fine", "HTTP 200"),
            RouteView("grafana.home.example", "grafana@111", "grafana", "fine", "HTTP 200", vmid=111),
            RouteView("news.home.example", "miniflux@111", "miniflux", "fine", "HTTP 200", vmid=111),
            RouteView("paperless.home.example", "paperless@112", "paperless", "fine", "HTTP 200", vmid=112),
        ),
        changes=(),
        changes_unknown="",
        last_run=LastRun("phoenix sync all", NOW - 252, NOW - 240, 0),
        files=(),
        state=None,
        next_command="",
    )


def stateless() -> SiteView:
    """Return the same where the state cannot be read: nobody has been asked."""
    site = healthy()
    advice = "pulumi stack select NAME   (pulumi stack init NAME makes one)"
    return replace(
        site,
        pulumi_stack="",
        deployed=None,
        changed_at=None,
        steps=(
            StepView(1, "files", "fine", "3 guests, 3 stacks; no errors"),
            StepView(2, "last run", "unknown", "not known without the state"),
            StepView(3, "readiness", "unknown", "Proxmox, Portainer and Traefik not asked"),
            StepView(4, "core", "unknown", "12 DNS records, 9 firewall rules: not known without the state"),
            StepView(5, "guest routes", "unknown", "not known without the state"),
            StepView(6, "Portainer", "unknown", "2 environments, 3 stacks: not known without the state"),
            StepView(7, "stack routes", "unknown", "not known without the state"),
        ),
        products=tuple(replace(one, address="", answers=None) for one in _PRODUCTS),
        guests=tuple(replace(guest, status="") for guest in site.guests),
        environments=tuple(replace(one, standing="unknown") for one in site.environments),
        stacks=tuple(
            replace(one, health=HealthStatus.UNKNOWN, message="No Pulumi stack is selected") for one in site.stacks
        ),
        routes=(),
        changes=None,
        changes_unknown="No Pulumi stack is selected",
        last_run=None,
        state=Trouble("No Pulumi stack is selected", next_step=advice),
        next_command=advice,
    )


def locked() -> SiteView:
    """Return a site whose last run was killed."""
    lock = Trouble(
        "A run that is over still holds the state",
        "ann on desk (process 4711), since 2026-05-01 12:00:00; that process is gone",
        "phoenix state release",
    )
    site = healthy()
    run = LastRun("phoenix sync all", NOW - 252, None, None)
    steps = (*site.steps[:1], StepView(2, "last run", "unknown", "phoenix sync all: goes on, or was killed"))
    return replace(site, steps=(*steps, *site.steps[2:]), last_run=run, lock=lock, next_command="phoenix state release")


def failing() -> SiteView:
    """Return the same with a container that has ended, a silent agent, a stack that is held and one that is blocked."""
    site = healthy()
    grafana, miniflux, paperless = site.stacks
    return replace(
        site,
        steps=(
            *site.steps[:1],
            StepView(2, "last run", "wrong", "phoenix sync all: ended with 4, 1 failed"),
            *site.steps[2:5],
            StepView(6, "Portainer", "wrong", "1 of 2 environments answers; 1 Healthy, 1 Degraded, 1 Unknown"),
            StepView(7, "stack routes", "wrong", "2 of 3 answered"),
        ),
        environments=(site.environments[0], replace(site.environments[1], standing="unknown", trouble=_SILENT)),
        stacks=(
            replace(
                grafana,
                health=HealthStatus.DEGRADED,
                message="grafana is exited (137)",
                since=NOW - 200,
                next_step="phoenix sync stack grafana to 111",
            ),
            replace(miniflux, note="held: nothing of it is changed"),
            replace(paperless, health=HealthStatus.UNKNOWN, message="environment media does not answer"),
        ),
        routes=(
            *site.routes[:2],
            replace(
                site.routes[2],
                standing="wrong",
                probe="back end: http://10.0.0.111:8302 does not answer Traefik (HTTP 502)",
            ),
            *site.routes[3:],
        ),
        changes=(
            ChangeView("grafana@111", "stack", "update", "drift", "grafana is exited"),
            ChangeView("rules@111", "firewall rules", "update", "declared", "rules"),
            ChangeView("homepage@111", "stack", "delete", None, "is not in the files any more"),
        ),
        next_command=_SILENT.next_step,
    )


def large() -> SiteView:
    """Return 40 VMs with 10 stacks each; one container has ended, and one VM is off."""
    site = healthy()
    numbers = range(201, 241)
    guests = tuple(
        GuestView(number, f"node-{number}", "vm", f"10.0.1.{number - 200}", "stopped" if number == 230 else "running")
        for number in numbers
    )
    stacks = tuple(_stack(f"app{place}", number, "nginx:1.29") for number in numbers for place in range(10))
    sick = replace(
        stacks[17],
        health=HealthStatus.DEGRADED,
        message="main is unhealthy",
        next_step="docker logs app7-main-1   (on its VM)",
    )
    off = Trouble("The agent of Portainer's environment node-230 does not answer", next_step="qm start 230")
    steps = (
        StepView(1, "files", "fine", "40 guests, 400 stacks; no errors"),
        *site.steps[1:4],
        StepView(5, "guest routes", "fine", "none is published"),
        StepView(6, "Portainer", "wrong", "39 of 40 environments answer; 389 Healthy, 1 Degraded, 10 Unknown"),
        StepView(7, "stack routes", "fine", "400 of 400 answered"),
    )
    return replace(
        site,
        steps=steps,
        guests=guests,
        environments=tuple(
            EnvironmentView(number, f"node-{number}", f"node-{number}", "unknown" if number == 230 else "fine")
            if number != 230
            else EnvironmentView(number, f"node-{number}", f"node-{number}", "unknown", off)
            for number in numbers
        ),
        stacks=tuple(
            replace(one, health=HealthStatus.UNKNOWN, message="silent")
            if one.vmid == 230
            else (sick if one.name == sick.name else one)
            for one in stacks
        ),
        routes=tuple(
            RouteView(
                f"{one.name.replace('@', '-')}.home.example", one.name, one.name, "fine", "HTTP 200", "", one.vmid
            )
            for one in stacks
        ),
        next_command="qm start 230",
    )


def _stack(name: str, vmid: int, *images: str) -> StackView:
    services = tuple(ServiceView(f"service{place}", image, "running") for place, image in enumerate(images))
    return StackView(f"{name}@{vmid}", vmid, "", HealthStatus.HEALTHY, services)
