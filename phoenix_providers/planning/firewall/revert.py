"""How a change of the firewall is taken back, one request after the other, without cutting anybody off.

First the whole firewall is switched off, so that no half-done list counts; then rules, then the guests' options; the
datacenter's options with the switch itself come last. Whenever the service on Proxmox looks, it sees the firewall
either off or as it was before.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from phoenix_providers.models.proxmox_records import OptionsRecord, RuleRecord
from phoenix_providers.planning.firewall.names.snapshot import ChangeName
from phoenix_providers.planning.proxmox.firewall_options import option_defaults
from phoenix_providers.planning.proxmox.rule_fields import API_SWITCH, RULE_FIELDS
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

_FIELDS = tuple(one.api for one in RULE_FIELDS)
# In the order in which a request names them.
_RULE_WORDS = (*_FIELDS[:2], API_SWITCH, *_FIELDS[2:])
_CLUSTER = ProxmoxScope("cluster")
_OFF = "0"


@dataclass(frozen=True)
class PlaceContent:
    """Rules and options of one place, as texts; options that are not set are left out."""

    rules: tuple[Mapping[str, str], ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, scope: ProxmoxScope, rules: Sequence[RuleRecord], options: OptionsRecord) -> PlaceContent:
        """Take what the API shows, less what no request of ours changes."""
        kept = {key: str(options[key]) for key in option_defaults(scope) if options.get(key) not in (None, "")}
        return cls(tuple(_words(rule) for rule in rules), kept)


Places = Mapping[ProxmoxScope, PlaceContent]


@dataclass(frozen=True)
class SetOptions:
    """Sets and removes options of a place."""

    path: str
    values: Mapping[str, str]
    unset: tuple[str, ...] = ()

    def command(self) -> str:
        """Return it as it is typed on the host."""
        words = [part for key, value in self.values.items() for part in (f"--{key}", value)]
        words += ["--delete", ",".join(self.unset)] if self.unset else []
        return shlex.join(["pvesh", "set", f"/{self.path}/firewall/options", *words])


@dataclass(frozen=True)
class DeleteRule:
    """Deletes the rule at a position."""

    path: str
    position: int

    def command(self) -> str:
        """Return it as it is typed on the host."""
        return shlex.join(["pvesh", "delete", f"/{self.path}/firewall/rules/{self.position}"])


@dataclass(frozen=True)
class AddRule:
    """Puts a rule on top."""

    path: str
    fields: Mapping[str, str]

    def command(self) -> str:
        """Return it as it is typed on the host."""
        words = [part for key, value in self.fields.items() for part in (f"--{key}", value)]
        return shlex.join(["pvesh", "create", f"/{self.path}/firewall/rules", *words])


Step = SetOptions | DeleteRule | AddRule | ChangeName


def revert_steps(before: Places, now: Places, names: Iterable[ChangeName] = ()) -> tuple[Step, ...]:
    """Return the requests that lead from `now` back to `before`; none when nothing differs.

    Places that are only in one of the two are left alone. Names come back before the rules that use them.
    """
    of_names = tuple(names)
    changed = [scope for scope in before if scope in now and before[scope] != now[scope]]
    if not changed and not of_names:
        return ()
    switch = dict(now[_CLUSTER].options) if _CLUSTER in now else {}
    steps: list[Step] = []
    if switch.get("enable", _OFF) != _OFF:
        steps.append(SetOptions(_CLUSTER.path, {"enable": _OFF}))
        switch["enable"] = _OFF
    steps += of_names
    for scope in changed:
        steps += _rules(scope.path, now[scope].rules, before[scope].rules)
    for scope in changed:
        if scope != _CLUSTER:
            steps += _options(scope.path, now[scope].options, before[scope].options)
    if _CLUSTER in before:
        steps += _options(_CLUSTER.path, switch, before[_CLUSTER].options)
    return tuple(steps)


def _rules(path: str, now: Sequence[Mapping[str, str]], before: Sequence[Mapping[str, str]]) -> Iterator[Step]:
    """Leave what both lists have at their end; new rules always come on top."""
    same = 0
    while same < min(len(now), len(before)) and now[-1 - same] == before[-1 - same]:
        same += 1
    for position in reversed(range(len(now) - same)):
        yield DeleteRule(path, position)
    for rule in reversed(before[: len(before) - same]):
        yield AddRule(path, rule)


def _options(path: str, now: Mapping[str, str], before: Mapping[str, str]) -> Iterator[Step]:
    values = {key: value for key, value in before.items() if now.get(key) != value}
    unset = tuple(key for key in now if key not in before)
    if values or unset:
        yield SetOptions(path, values, unset)


def _words(rule: RuleRecord) -> dict[str, str]:
    said = {key: str(rule[key]).strip() for key in _RULE_WORDS if rule.get(key) not in (None, "")}
    return said | {"enable": str(int(bool(int(rule.get("enable") or 0))))}
