"""Reading and writing one alias, set or group of the datacenter, request by request."""

from __future__ import annotations

from collections.abc import Iterable

from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import ConflictError
from phoenix_providers.planning.firewall.names.changes import Stage, removal, stages
from phoenix_providers.planning.firewall.names.content import named
from phoenix_providers.planning.firewall_name import Entry, FirewallName


class NameWriting:
    """One name on one Proxmox.

    Args:
        settings: What is set there.
        one: The name; what it stands for does not matter here.
    """

    def __init__(self, settings: ProxmoxSettings, one: FirewallName) -> None:
        self._names = settings.names
        self._one = one

    def live(self) -> FirewallName | None:
        """Return what is there; None if there is nothing."""
        found = self._names.comment_and_entries(self._one.kind, self._one.name)
        return None if found is None else named(self._one.kind, self._one.name, *found)

    def become(self, wanted: FirewallName) -> None:
        """Make it what is wanted, from whatever it is."""
        live = self.live()
        self._carry_out(stages(live, wanted), live.entries if live else ())

    def remove(self) -> None:
        """Take it away; fine if it is gone already."""
        live = self.live()
        if live is not None:
            self._carry_out(removal(live), live.entries)

    def _carry_out(self, requests: Iterable[Stage], before: tuple[Entry, ...]) -> None:
        for stage in requests:
            digest = self._digest(before) if _has_position(stage) else ""

            def done(stage: Stage = stage) -> bool:
                return self._is_done(stage)

            self._names.send(stage.verb, stage.path, stage.fields, done, digest)
            before = stage.entries

    def _digest(self, expected: tuple[Entry, ...]) -> str:
        """Return the digest of a group's rules, if they are still those that the positions were counted in."""
        found = self._names.comment_and_entries(self._one.kind, self._one.name)
        raw = found[1] if found else ()
        if named(self._one.kind, self._one.name, "", raw).entries != expected:
            raise ConflictError(
                f"Somebody else changes the rules of {self._one.title} right now",
                seen=f"{len(raw)} rules that are not those of a moment ago",
                expected="nobody else at work there",
                next_step="pulumi up",
            )
        return str(raw[0]["digest"]) if raw else ""

    def _is_done(self, stage: Stage) -> bool:
        live = self.live()
        if live is None or (stage.path.count("/") == 1 and stage.verb == "DELETE"):
            return live is None and stage.verb == "DELETE"
        entries = named(live.kind, live.name, "", stage.entries).entries
        return live.entries == entries and (
            "rename" not in stage.fields or live.comment == stage.fields["comment"].strip()
        )


def _has_position(stage: Stage) -> bool:
    return stage.path.startswith("groups/") and stage.path.count("/") > 1
