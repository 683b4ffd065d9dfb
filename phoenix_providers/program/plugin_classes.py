"""The classes of the Proxmox plugin that the program declares.

Their package loads seventy modules more, which nothing here uses: more than half of what it takes to import it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec

_PACKAGE = "pulumi_proxmoxve"


@contextmanager
def _without_the_rest() -> Iterator[None]:
    """Let modules of the package be imported without what it imports itself; it stays free to be imported whole."""
    spec = find_spec(_PACKAGE)
    if spec is None or _PACKAGE in sys.modules:
        yield
        return
    sys.modules[_PACKAGE] = module_from_spec(spec)
    try:
        yield
    finally:
        del sys.modules[_PACKAGE]


try:
    with _without_the_rest():
        from pulumi_proxmoxve.dns_legacy import DnsLegacy
        from pulumi_proxmoxve.firewall.rules_legacy import RulesLegacy
        from pulumi_proxmoxve.hosts_legacy import HostsLegacy
except ImportError:
    # Another version may have them elsewhere.
    from pulumi_proxmoxve import DnsLegacy, HostsLegacy
    from pulumi_proxmoxve.firewall import RulesLegacy

__all__ = ["DnsLegacy", "HostsLegacy", "RulesLegacy"]
