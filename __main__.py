"""Phoenix Sync as Pulumi runs it: the seven steps, one after the other."""

from phoenix_providers.errors import PhoenixError
from phoenix_providers.program import (
    core_infrastructure,
    ending,
    outputs,
    portainer,
    readiness,
    removals,
    traefik,
    verdict,
)
from phoenix_providers.program.call_stacks import without_call_stacks
from phoenix_providers.program.debug_lines import leave_out_unseen_lines
from phoenix_providers.program.dns import answers as dns_answers
from phoenix_providers.program.known_edges import know_edges
from phoenix_providers.program.rare_collections import collect_rarely
from phoenix_providers.program.site import load


def main() -> None:
    """Declare the whole site; each step waits for the one before it."""
    # 1, 2: what is asked, of which site
    site = load()
    watch = removals.Watch(site)

    # 3: nothing is touched before everything is ready
    gates = readiness.declare(site)

    # 4: DNS, resolver and firewall on Proxmox
    core = core_infrastructure.declare(site, gates)
    answers = dns_answers.declare(site, core.last)

    # 5: routes of guests and of the dashboard
    routes = traefik.declare_infrastructure(site, [*gates, *core.last])

    # 6: Portainer's environments and registries, then every stack on every VM
    environments = portainer.declare_environments(site, [*gates, *core.last, *routes])
    registries = portainer.declare_registries(site, environments, [*gates, *core.last, *routes])
    stacks = portainer.declare_stacks(site, environments, registries)

    # 7: routes of the stacks that are healthy
    final = traefik.declare_stacks(site, stacks, routes)

    # What is not as declared fails the run, after everything that could be done has been done.
    judged = verdict.declare(site, environments, registries, stacks, core.check, answers, final, watch)

    # What other programs read, and `pulumi stack output` shows
    outputs.export(site, routes, environments, stacks, final, judged)
    site.tree.close()


collect_rarely()
leave_out_unseen_lines()
know_edges()
try:
    with without_call_stacks():
        main()
except PhoenixError as error:
    ending.stop(error)
