"""Why one of the lists and settings is as it is that plans name, such as `rules@113` or `hosts@pve`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from phoenix_providers.cli.reasons.found import Found, Look, asked_at, unasked
from phoenix_providers.cli.reasons.reason import Asked
from phoenix_providers.cli.reasons.subjects import Subject
from phoenix_providers.cli.site_view.known import Known, KnownFiles
from phoenix_providers.cli.site_view.outlook import Outlook
from phoenix_providers.planning.proxmox.api_words import rule_text, rule_words

_MOST_TOLD = 12


def of_settings(known: Known, subject: Subject, _look: Look) -> Found:
    """Ask nobody here: what a run would change of it tells how it is (see `judged`)."""
    asked = tuple(_asked(known, subject.name))
    more = (asked_at(None, f"and {len(asked) - _MOST_TOLD} more"),) if len(asked) > _MOST_TOLD else ()
    return Found(
        "unknown",
        "nobody knows whether it is as declared",
        (*asked[:_MOST_TOLD], *more),
        (),
        (),
        subject.name,
        frozenset({subject.name}),
        unasked(),
    )


def judged(found: Found, expected: Outlook) -> Found:
    """Return it with how it is, by what a run would change of it."""
    if expected.changes is None:
        return found
    if not expected.changes:
        return replace(found, standing="fine", verdict="as declared", live=("as declared",))
    live = tuple(one.text for one in expected.changes)
    if any(one.operation == "delete" for one in expected.changes):
        return replace(found, standing="wrong", verdict="not in the files any more", asked=(), live=live)
    return replace(found, standing="wrong", verdict="not as declared", live=live)


def _asked(known: KnownFiles, name: str) -> Iterator[Asked]:
    configuration, plan = known.configuration, known.plan
    if configuration is None:
        return
    what, _, place = name.partition("@")
    lists = {"cluster": (plan.firewall.cluster, plan.firewall.places)}
    lists |= {str(number): (one.rules, one.places) for number, one in plan.firewall.guests.items()}
    if what == "rules" and lists.get(place, ((), ()))[0]:
        for rule, path in zip(*lists[place], strict=False):
            yield asked_at(configuration.locate(*path), rule_text(rule_words(rule)))
    elif what in ("hosts", "dnsmasq"):
        for record in plan.dns:
            yield asked_at(record.place, f"{record.hostname}, to {record.ip}")
    elif guest := next((one for one in plan.guests if str(one.number) == place), None):
        yield asked_at(guest.where, f"{'VM' if guest.kind == 'vm' else 'container'} {guest.number}, {guest.name}")
    else:
        yield asked_at(None, "the files of this site, all together")
