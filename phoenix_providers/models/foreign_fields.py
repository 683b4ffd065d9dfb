"""Fields of existing installations that are not ours and yet look much like one that is.

They belong to the scripts that create guests and storage. Other foreign fields need no entry: they resemble nothing.
"""

from __future__ import annotations

FOREIGN_FIELDS = frozenset(
    {
        "dependents",
        "descriptions",
        "firewalld",
        "nameserver",
        "nameservers",
        "network_configs",
        "node_labels",
        "ports",
        "sources",
        "template",
        "templates",
        "traefik_services",
        "variables_file",
        "vm_defaults",
    }
)
