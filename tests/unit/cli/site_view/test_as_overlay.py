"""What was seen of the site, laid over its picture."""

from __future__ import annotations

from phoenix_providers.cli.site_view.as_overlay import as_overlay
from phoenix_providers.cli.site_view.site_view import (
    ChangeView,
    EnvironmentView,
    GuestView,
    ProductView,
    RouteView,
    ServiceView,
    SiteView,
    StackView,
    Trouble,
)
from phoenix_providers.planning.site.graph.overlay import Standing
from phoenix_providers.planning.stacks.health import HealthStatus

SILENT = Trouble("The agent does not answer", "HTTP 502", "docker start portainer_agent")
FAILED = "not sent: no such image"
VIEW = SiteView(
    domain="home.example",
    pulumi_stack="prod",
    taken_at=1_800_000_000.0,
    took=1.0,
    deployed=True,
    changed_at=None,
    steps=(),
    products=(ProductView("Proxmox", "https://10.0.0.10:8006", True), ProductView("Portainer", "", None)),
    guests=(
        GuestView(111, "apps", "vm", "", "running"),
        GuestView(112, "media", "vm", "", "stopped"),
        GuestView(113, "tools", "vm", "", "missing"),
        GuestView(114, "nobody-knows", "vm", "", ""),
    ),
    environments=(
        EnvironmentView(111, "apps", "apps", "fine"),
        EnvironmentView(112, "media", "media", "wrong", SILENT),
    ),
    stacks=(
        StackView("web@111", 111, "apps", HealthStatus.HEALTHY, (ServiceView("web", "nginx:1", "running"),)),
        StackView("db@111", 111, "apps", HealthStatus.DEGRADED, message="db is exited", next_step="docker start db"),
        StackView("odd@111", 111, "apps", HealthStatus.MISSING, note=f"its last deploy failed: {FAILED}"),
    ),
    routes=(RouteView("web.home.example", "web@111", "web", "wrong", "HTTP 502", "look at the back end"),),
    changes=(
        ChangeView("web@111", "stack", "update", "drift", "web is exited"),
        ChangeView("db@111", "stack", "update", "declared", "compose file"),
        ChangeView("odd@111", "stack", "update", "drift", FAILED),
        ChangeView("rules@111", "firewall rules", "update", "drift", "one more"),
        ChangeView("firewall@111", "firewall options", "update", "both", "policy_in"),
        ChangeView("hosts@pve", "DNS records", "update", "drift", "names"),
    ),
    changes_unknown="",
    last_run=None,
    files=(),
    state=None,
    next_command="",
)


def test_each_thing_has_its_health_and_why() -> None:
    standings = as_overlay(VIEW, None).standings
    healths = {name: standing.health.value if standing.health else None for name, standing in standings.items()}
    assert healths == {
        "Proxmox": "Healthy",
        "111": "Healthy",
        "112": "Degraded",
        "113": "Missing",
        "114": None,
        "environment@111": "Healthy",
        "environment@112": "Degraded",
        "web@111": "Healthy",
        "db@111": "Degraded",
        "odd@111": "Missing",
        "web.home.example": "Degraded",
    }
    assert standings["environment@112"].detail == "The agent does not answer\nHTTP 502\ndocker start portainer_agent"
    assert standings["db@111"].detail == "db is exited\ndocker start db"
    assert standings["web.home.example"] == Standing(HealthStatus.DEGRADED, "", "look at the back end", "HTTP 502")


def test_drift_is_told_where_it_is_drawn_and_declared_changes_are_none() -> None:
    standings = as_overlay(VIEW, None).standings
    drift = {name: standing.drift for name, standing in standings.items() if standing.drift}
    assert drift == {
        "web@111": "web is exited",
        "111": "firewall rules: one more\nfirewall options: policy_in",
        "Proxmox": "DNS records: names",
    }


def test_the_moment_is_told() -> None:
    assert as_overlay(VIEW, None).source.startswith("looked at 2027-01-1")
