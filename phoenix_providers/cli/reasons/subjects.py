"""What a user means by a name: any thing of the site, or the name that plans give to one."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from phoenix_providers.cli.reasons.publishers import publishers
from phoenix_providers.cli.reasons.reason import Kind
from phoenix_providers.cli.site_view.known import KnownFiles
from phoenix_providers.cli.site_view.outlook import KINDS
from phoenix_providers.errors import UsageError
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.findings import nearest
from phoenix_providers.planning.proxmox.api_words import rule_text, rule_words
from phoenix_providers.planning.routes.route_checks import RouteCheck

# What is meant first if several kinds have one name.
_KINDS: tuple[Kind, ...] = ("stack", "guest", "environment", "route", "record", "rule", "settings")
_CLUSTER = "cluster"
# These have subjects of their own.
_OWN_KINDS = frozenset({"PortainerStack", "PortainerEndpoint"})
_MOST_NAMED = 12


@dataclass(frozen=True)
class RuleSubject:
    """One rule of the firewall.

    Attributes:
        home: Number of its guest, or `cluster`.
        position: Where it stands in that list.
        path: Where it stands in the files, as `Configuration.locate` takes it.
    """

    home: str
    position: int
    rule: FirewallRule
    path: tuple[str | int, ...]

    @property
    def name(self) -> str:
        """What a user calls it."""
        return f"{self.rule.comment or rule_text(rule_words(self.rule))}@{self.home}"

    def covers(self, word: str) -> bool:
        """Whether it names this port, or PORT@VMID, by itself or within a range."""
        port, _, home = word.partition("@")
        if not port.isdecimal() or home not in ("", self.home):
            return False
        ranges = (part.partition(":") for part in str(self.rule.port or "").split(",") if part)
        return any(
            first.isdecimal() and (last or first).isdecimal() and int(first) <= int(port) <= int(last or first)
            for first, _, last in ranges
        )


@dataclass(frozen=True)
class Subject:
    """What is meant.

    Attributes:
        name: By which this one alone is meant.
        words: All that a user may call it.
        thing: The check of a route, or the rule.
        belongs_to: Subjects that tell of it as well, as KIND:NAME.
    """

    kind: Kind
    name: str
    words: tuple[str, ...] = field(default=(), compare=False)
    thing: RouteCheck | RuleSubject | None = field(default=None, compare=False, repr=False)
    belongs_to: tuple[str, ...] = field(default=(), compare=False)

    @property
    def full_name(self) -> str:
        """As the command line takes it, whatever else has the same name."""
        return f"{self.kind}:{self.name}"

    def is_called(self, word: str) -> bool:
        """Whether a user who says this may mean it; a rule is also called by each port of its ranges."""
        known = {each.casefold() for each in self.words}
        return word.casefold() in known or (isinstance(self.thing, RuleSubject) and self.thing.covers(word))


def subject_of(name: str, known: KnownFiles, checks: Sequence[RouteCheck]) -> tuple[Subject, tuple[str, ...]]:
    """Return what is meant, and the full names of what else has that name.

    Raises:
        UsageError: Nothing is called so, or several of one kind are.
    """
    everything = tuple(_subjects(known, checks))
    prefix, _, rest = name.partition(":")
    kind = next((one for one in _KINDS if one == prefix and rest), None)
    word = rest if kind else name
    found = [one for one in everything if (kind is None or one.kind == kind) and one.is_called(word)]
    if not found:
        raise _unknown(name, word, everything)
    first = next(one for one in _KINDS if any(subject.kind == one for subject in found))
    same = list(dict.fromkeys(subject for subject in found if subject.kind == first))
    if len(same) > 1:
        raise UsageError(
            f"There are {len(same)} {first}s called {name}",
            seen=", ".join(subject.name for subject in same[:_MOST_NAMED]),
            next_step=f"phoenix why {shlex.quote(same[0].full_name if kind else same[0].name)}",
        )
    chosen = same[0]
    others = (one for one in found if one.kind != first and chosen.full_name not in one.belongs_to)
    return chosen, tuple(dict.fromkeys(one.full_name for one in others))


def _unknown(name: str, word: str, everything: Iterable[Subject]) -> UsageError:
    words = {each for one in everything for each in one.words if each}
    return UsageError(
        f"Nothing here is called {name}",
        seen=name,
        expected=nearest(word, words)
        or "a stack, a guest, an environment, a host name, a router, or a firewall rule by its comment or PORT@VMID",
        next_step="phoenix status --all   (it lists stacks, guests and routes)",
    )


def _subjects(known: KnownFiles, checks: Sequence[RouteCheck]) -> Iterator[Subject]:
    plan, domain = known.plan, known.plan.domain
    for name in dict.fromkeys([*(stack.resource_name for stack in plan.stacks), *known.stored.stacks]):
        yield Subject("stack", name, (name, name.rpartition("@")[0]))
    for guest in plan.guests:
        yield Subject("guest", guest.name, (guest.name, str(guest.number)))
    for environment in plan.environments:
        words = (environment.name, environment.resource_name)
        yield Subject("environment", environment.name, words, belongs_to=(f"guest:{environment.vm_name}",))
    for check in checks:
        owner = f"guest:{check.guest}" if check.guest else f"stack:{check.owner}"
        called = (check.host or check.router, check.router, check.host.partition(".")[0])
        yield Subject("route", called[0], called, check, (owner,))
    owners = {check.host: f"stack:{check.owner}" for check in checks if check.host and not check.guest}
    for record in plan.dns:
        label = record.hostname.removesuffix(f".{domain}")
        above = (f"route:{record.hostname}", f"guest:{label}", owners.get(record.hostname, ""))
        yield Subject("record", record.hostname, (record.hostname, label), belongs_to=above)
    yield from (_rule(one) for one in _rules(known))
    yield from (Subject("settings", name, (name,)) for name in sorted(_settings(known)))


def _settings(known: KnownFiles) -> frozenset[str]:
    """Return the names that plans give to what is neither a stack nor an environment."""
    firewall = known.plan.firewall
    named = {name for name, one in known.stored.things.items() if one.kind in KINDS and one.kind not in _OWN_KINDS}
    named |= {f"rules@{number}" for number, one in firewall.guests.items() if one.rules}
    named |= {f"rules@{_CLUSTER}"} if firewall.cluster else set()
    return frozenset(named) | publishers(known)


def _rules(known: KnownFiles) -> Iterator[RuleSubject]:
    firewall = known.plan.firewall
    lists = [(_CLUSTER, firewall.cluster, firewall.places)]
    lists += [(str(number), one.rules, one.places) for number, one in firewall.guests.items()]
    for home, rules, places in lists:
        for position, (rule, path) in enumerate(zip(rules, places, strict=False)):
            yield RuleSubject(home, position, rule, path)


def _rule(subject: RuleSubject) -> Subject:
    port = str(subject.rule.port or "")
    words = (subject.name, subject.rule.comment or "", port, f"{port}@{subject.home}" if port else "")
    return Subject("rule", subject.name, tuple(filter(None, words)), subject)
