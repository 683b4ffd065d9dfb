"""Confirm or revert: what a change of the firewall has cut makes the rules and options from before come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import PhoenixError, RevertedError
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.proxmox.connection_probes import ConnectionProbes
from phoenix_providers.operations.proxmox.places import carry_out, differ, live_names, live_places
from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.firewall.names.snapshot import names_back
from phoenix_providers.planning.firewall.revert import Step, revert_steps
from phoenix_providers.planning.firewall.snapshot import FirewallSnapshot
from phoenix_providers.planning.firewall_name import FirewallName

_NEXT_LINE = "\n            "


class Confirmation:
    """One change of the firewall, after it was sent.

    Args:
        connections: Clients of this process.
        proxmox: URL of the API.
        before: What is remembered from before the change.
        probes: What can be tried.
        say: Gets a line whenever it is worth telling why we wait.
    """

    def __init__(
        self,
        connections: ClientsOfRun,
        proxmox: str,
        *,
        before: FirewallSnapshot,
        probes: ConnectionProbes,
        say: Callable[[str], None],
    ) -> None:
        self._connections = connections
        self._proxmox = proxmox
        self._before = before
        self._probes = probes
        self._say = say

    def settle(self) -> None:
        """Return when everything that worked before works.

        Raises:
            RevertedError: Something did not, and the firewall is as it was before, or it is told how it gets so.
        """
        if not self._before.working or not self._has_changed():
            return
        self._wait("then what worked before is tried")
        if lost := self._probes.failing(sorted(self._before.working)):
            raise self._taken_back(lost)

    def _has_changed(self) -> bool:
        try:
            return differ(self._settings(), self._before.places) or self._names() != {
                one.wanted.resource_name: one.before for one in self._before.names
            }
        except PhoenixError:
            # Nobody answers: then it has to be tried what still works.
            return True

    def _names(self) -> Mapping[str, FirewallName | None]:
        return live_names(self._settings(), [one.wanted for one in self._before.names])

    def _settings(self) -> ProxmoxSettings:
        return self._connections.persistent_connection(self._proxmox).settings

    def _wait(self, then: str) -> None:
        seconds = self._connections.settings.firewall_delay
        self._say(f"waiting {seconds:g} s until the firewall's rules are in force; {then}")
        self._connections.clock.sleep(seconds)

    def _taken_back(self, lost: Mapping[str, str]) -> RevertedError:
        self._say(f"lost: {', '.join(lost)}; the rules and options from before are put back")
        try:
            settings = self._settings()
            names = names_back(self._before.names, self._names())
            steps = revert_steps(self._before.places, live_places(settings, self._before.places), names)
        except PhoenixError as error:
            written = {one.wanted.resource_name: one.wanted for one in self._before.names}
            names = names_back(self._before.names, written)
            return self._stuck(lost, revert_steps(self._before.places, self._before.declared, names), error)
        for done, step in enumerate(steps):
            try:
                carry_out(settings, step)
            except PhoenixError as error:
                return self._stuck(lost, steps[done:], error)
        self._wait("then what was lost is tried again")
        return self._reverted(lost, self._probes.failing(list(lost)))

    def _reverted(self, lost: Mapping[str, str], still: Mapping[str, str]) -> RevertedError:
        again = [name for name in lost if name not in still]
        outcome = [f"in force now: the rules and options from before; {', '.join(again) or 'nothing'} works again"]
        if still:
            outcome.append(f"still lost: {', '.join(f'{name} ({reason})' for name, reason in still.items())}")
        return RevertedError(
            "The change of the firewall cut connections that worked before it; it was taken back",
            where=self._proxmox,
            seen=_NEXT_LINE.join([*self._told(lost), *outcome]),
            expected=_NEXT_LINE.join(self._missing_rules(lost)),
            next_step=_NEXT_LINE.join(
                [
                    "pulumi preview --diff   (shows the change again)",
                    "add the rule, before any that closes; or, if the connection may go, for one run: "
                    "pulumi config set phoenix:firewallConfirm false",
                ]
            ),
        )

    def _stuck(self, lost: Mapping[str, str], steps: Sequence[Step], error: PhoenixError) -> RevertedError:
        why = f"{error.explanation.what} ({error.explanation.seen})"
        return RevertedError(
            "The change of the firewall cut connections that worked before it; it cannot be taken back from here",
            where=self._proxmox,
            seen=_NEXT_LINE.join([*self._told(lost), why, "in force now: the change, or part of it"]),
            expected=_NEXT_LINE.join(self._missing_rules(lost)),
            next_step=_NEXT_LINE.join(
                [
                    "on the host's console (or through its web page, Shell), one after the other:",
                    "pve-firewall stop",
                    *(step.command() for step in steps),
                    "pve-firewall start",
                ]
            ),
        )

    def _told(self, lost: Mapping[str, str]) -> list[str]:
        return [f"{name} ({self._probes.connection(name).what}): {reason}" for name, reason in lost.items()]

    def _missing_rules(self, lost: Mapping[str, str]) -> list[str]:
        cuts = [Cut(self._probes.connection(name), on_the_way=False) for name in lost]
        return list(dict.fromkeys(f"on {cut.where}: {{{cut.rule}}}" for cut in cuts))
