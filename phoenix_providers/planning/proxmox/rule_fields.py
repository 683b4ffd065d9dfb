"""The fields of a firewall rule, said once: what files, Proxmox's API and its plugin call each of them.

A rule is sent in the plugin's words and judged in the API's: if they said different things, the check that nobody is
locked out would judge another rule than the one that is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phoenix_providers.models.firewall import FirewallRule


@dataclass(frozen=True)
class RuleField:
    """One field.

    Attributes:
        api: Proxmox's word.
        file: What the site files call it, where that is another word.
        decides: Whether it decides to which packets the rule applies, or what happens to them; the others are notes.
        plugin: Whether the plugin knows it, under Proxmox's word; what it does not know is written behind it.
    """

    api: str
    file: str = ""
    decides: bool = True
    plugin: bool = True

    @property
    def said(self) -> str:
        """Its word in the site files."""
        return self.file or self.api

    def of(self, rule: FirewallRule) -> str | None:
        """Return what a rule of the files says."""
        found: str | None = getattr(rule, self.said.replace("-", "_"))
        return found


# All but the switch, which is a truth value in files and plugin, and a number in the API. In the order in which a rule
# is told.
RULE_FIELDS = (
    RuleField("type"),
    RuleField("action"),
    RuleField("source"),
    RuleField("dest"),
    RuleField("proto"),
    RuleField("dport", file="port"),
    RuleField("sport"),
    RuleField("icmp-type", plugin=False),
    RuleField("iface"),
    RuleField("macro"),
    RuleField("log", decides=False),
    RuleField("comment", decides=False),
)
API_SWITCH, SWITCH = "enable", "enabled"
