"""Answers of `why`, one of each kind."""

from __future__ import annotations

from phoenix_providers.cli.reasons.reason import Asked, LastChange, Reason, Waiting
from phoenix_providers.cli.site_view.site_view import ChangeView

NOW = 1_800_000_000.0


def stack() -> Reason:
    """Return why a stack is degraded."""
    return Reason(
        kind="stack",
        name="grafana@113",
        standing="wrong",
        verdict="Degraded: grafana is exited (137)",
        asked=(
            Asked("config/vms.yaml:82", "tools (113) runs it"),
            Asked("config/stacks/grafana/docker-compose.yml:3", "the image of grafana"),
            Asked("config/stacks/grafana/phoenix.yaml:10", "the route grafana"),
        ),
        waits=(
            Waiting(
                "its last deploy failed: the image grafana/grafana:12.9 cannot be pulled",
                NOW - 720,
                "phoenix sync stack grafana to 113",
            ),
        ),
        last_change=LastChange(NOW - 720, "phoenix sync all (update, 14.2 s, failed)"),
        live=(
            "stack grafana-production of Portainer's environment tools",
            "grafana: Exited (137) 3 minutes ago, grafana/grafana:12.1.1",
            "route grafana.home.example: breaks at back end: http://10.0.0.113:8302 does not answer Traefik (HTTP 502)",
        ),
        changes=(ChangeView("grafana@113", "stack", "update", "both", "grafana is exited; compose file"),),
        changes_unknown="",
        next_command="phoenix sync stack grafana to 113",
        also=("guest:grafana",),
        taken_at=NOW,
    )


def route() -> Reason:
    """Return why a route is answered."""
    return Reason(
        kind="route",
        name="news.home.example",
        standing="fine",
        verdict="answered: HTTP 200",
        asked=(
            Asked("config/stacks/miniflux/phoenix.yaml:13", "the router miniflux of miniflux@111"),
            Asked("config/stacks/miniflux/phoenix.yaml:3", "its DNS record, to 10.0.0.12 (a route of stack miniflux)"),
        ),
        waits=(),
        last_change=LastChange(NOW - 86400 * 3),
        live=(
            "DNS: 10.0.0.12",
            "entry point: web 10.0.0.12:80",
            "router: miniflux",
            "back end: http://10.0.0.111:8102",
            "status: 200",
            "miniflux: Up 3 days, miniflux/miniflux:2.2.14",
        ),
        changes=(),
        changes_unknown="",
        next_command="",
        also=(),
        taken_at=NOW,
    )


def record() -> Reason:
    """Return why a record leads elsewhere."""
    return Reason(
        kind="record",
        name="nas.home.example",
        standing="wrong",
        verdict="should lead to 10.0.0.20",
        asked=(Asked("/srv/home-lab/a-folder-with-a-long-name/config/lxcs.yaml:76", "dns_records of jellyfin"),),
        waits=(Waiting("the last run did not get it answered", NOW - 30, "phoenix sync all"),),
        last_change=LastChange(NOW - 3700),
        live=("10.0.0.10 answers 10.0.0.21 instead",),
        changes=(ChangeView("hosts@pve", "DNS records", "update", "drift", "names"),),
        changes_unknown="",
        next_command="phoenix sync all",
        also=(),
        taken_at=NOW,
    )


def environment() -> Reason:
    """Return why an environment is silent."""
    return Reason(
        kind="environment",
        name="media",
        standing="unknown",
        verdict="does not answer",
        asked=(
            Asked("config/vms.yaml:49", "media (112) has the role agent"),
            Asked("config/vms.yaml:52", "its address, tcp://media-agent.home.example:9001"),
        ),
        waits=(
            Waiting(
                "The agent of Portainer's environment media does not answer",
                next_step="on that machine: docker start portainer_agent   (docker ps -a shows its name)",
            ),
        ),
        last_change=LastChange(NOW - 3700),
        live=(
            "Portainer has it as media, number 3, at tcp://media-agent.home.example:9001",
            "its engine does not answer: HTTP 502 from Portainer",
            "its stacks: whoami@112, paperless@112",
        ),
        changes=None,
        changes_unknown="Proxmox did not answer",
        next_command="on that machine: docker start portainer_agent   (docker ps -a shows its name)",
        also=(),
        taken_at=NOW,
    )


def rule() -> Reason:
    """Return why a rule is not in force."""
    return Reason(
        kind="rule",
        name="Web through Traefik@113",
        standing="wrong",
        verdict="not in force",
        asked=(
            Asked(
                "config/vms.yaml:89",
                'type: in, action: ACCEPT, source: 10.0.0.12, proto: tcp, port: "8301,8302", '
                'comment: "Web through Traefik"',
            ),
        ),
        waits=(),
        last_change=None,
        live=("the list of 113 on Proxmox does not have it",),
        changes=(ChangeView("rules@113", "firewall rules", "create", None, "is not there yet"),),
        changes_unknown="",
        next_command="phoenix plan",
        also=(),
        taken_at=NOW,
    )
