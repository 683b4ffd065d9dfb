"""What a run works on, in words of users, and where it belongs: to one of the steps, or to an environment of one."""

from __future__ import annotations

from dataclasses import dataclass

from phoenix_providers.planning.site.changes.site_changes import PROXMOX_TITLES, THINGS
from phoenix_providers.planning.site.run_parts import STEP_TITLES, Part, part_of

# On a product by this name; `{}` is a guest, a node or the datacenter.
_WORDS = {**PROXMOX_TITLES, "PortainerRegistry": "registry {}", "PortainerStack": "{}"}
# What plans show as well.
ON_PRODUCTS = THINGS
# What checks, watches or remembers, and is nothing on any product.
_OWN = {
    "ReadinessGate": "the products' answers",
    "ReadinessAgain": "the products' answers behind the firewall's change",
    "GuestPresence": "which guests there are",
    "FirewallCheck": "check of the firewall's plan",
    "FirewallWatch": "watch over the firewall's change",
    "FirewallConfirm": "proof that the firewall keeps nobody out",
    "DnsAnswers": "the DNS server's answers",
    "Verdict": "the verdict",
}
_GROUPS = ("phoenix:site", "pulumi:")
# Marks the end of the program, and knows nothing.
_UNSEEN = "LastWord"


@dataclass(frozen=True)
class Thing:
    """What is worked on.

    Attributes:
        name: Its name, such as `grafana@113`.
        type: Its own type, without those above it.
    """

    name: str
    type: str

    @classmethod
    def of(cls, urn: str) -> Thing | None:
        """Return what an address of the engine means; None for what only groups others, and for the engine's own."""
        kind, _, name = urn.split("::", 2)[-1].partition("::")
        own = kind.rpartition("$")[2]
        thing = cls(name, own.rpartition(":")[2])
        return None if own.startswith(_GROUPS) or thing.type == _UNSEEN else thing

    @property
    def part(self) -> Part:
        """Where it belongs."""
        return part_of(self.name, self.type)

    @property
    def is_on_a_product(self) -> bool:
        """Whether a change of it is one of the site, and not only of what Phoenix Sync knows of it."""
        return self.type in ON_PRODUCTS

    @property
    def words(self) -> str:
        """What users call it."""
        if self.type == "TraefikConfig":
            return STEP_TITLES[self.part.step]
        if self.type == "PortainerEndpoint":
            return f"environment {self.part.vmid}"
        if self.type in _WORDS:
            whole = self.name if self.type == "PortainerStack" else _place(self.name.rpartition("@")[2])
            return _WORDS[self.type].format(whole)
        return _OWN.get(self.type, "what Phoenix Sync remembers")


def _place(suffix: str) -> str:
    if suffix == "cluster":
        return "the datacenter"
    return f"guest {suffix}" if suffix.isdecimal() else suffix
