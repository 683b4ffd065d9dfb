"""The back end `hosts`: the hosts file of each node."""

from __future__ import annotations

from phoenix_providers.planning.site_plan import NodePlan
from phoenix_providers.program.dns.backends.declaring import Declaring
from phoenix_providers.program.plugin_classes import HostsLegacy
from phoenix_providers.program.proxmox_place import Place
from phoenix_providers.program.site import Site


class HostsFiles(Declaring):
    """Nothing is delivered elsewhere."""

    def on_node(self, site: Site, node: NodePlan, place: Place) -> None:
        """Declare the whole file."""
        name = f"hosts@{node.name}"
        if node.hosts and site.declares(name):
            entries = [{"address": entry.address, "hostnames": list(entry.names)} for entry in node.hosts]
            place.add(HostsLegacy(name, node_name=node.name, entry=entries, opts=place.behind_guards()))
