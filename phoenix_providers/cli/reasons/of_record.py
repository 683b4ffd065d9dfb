"""Why a DNS record is as it is."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from phoenix_providers.cli.reasons.found import Found, Look, asked_at, unasked
from phoenix_providers.cli.reasons.publishers import publishers
from phoenix_providers.cli.reasons.reason import Asked, Waiting
from phoenix_providers.cli.reasons.subjects import Subject
from phoenix_providers.cli.site_view.known import Known
from phoenix_providers.cli.site_view.site_view import Standing
from phoenix_providers.clients.dns.name_server import open_name_server
from phoenix_providers.errors import PhoenixError
from phoenix_providers.planning.site_plan import DnsRecord

_ANSWERS = "dns-answers"


def of_record(known: Known, subject: Subject, _look: Look) -> Found:
    """Ask the name server for it."""
    record = next(one for one in known.plan.dns if one.hostname == subject.name)
    server = known.question(()).name_server
    is_right, told, next_step = _answer(server, record)
    names = publishers(known)
    main = min(names & known.stored.things.keys() or names, default=_ANSWERS)
    standing: Standing = "unknown" if is_right is None else "fine" if is_right else "wrong"
    return Found(
        standing,
        f"{'leads' if is_right else 'should lead'} to {record.ip}",
        tuple(_asked(known, record)),
        tuple(_waits(known, record)),
        (told,),
        main,
        names,
        unasked(),
        next_step,
    )


def _answer(server: str, record: DnsRecord) -> tuple[bool | None, str, str]:
    """Return whether the answer is right, the answer in words, and what to do."""
    if not server:
        return None, "nobody is asked: no name server is known", "pulumi config set phoenix:dnsServer ADDRESS"
    asked = open_name_server(server)
    try:
        found = asked.addresses(record.hostname, ip_address(record.ip).version)
    except PhoenixError as error:
        return None, f"{server}: {error.explanation.what}, {error.explanation.seen}", error.explanation.next_step
    if record.ip in found:
        return True, f"{server} answers {', '.join(found)}", ""
    told = f"{server} answers {', '.join(found)} instead" if found else f"{server} knows no such name"
    return False, told, "phoenix sync all   (publishes names)"


def _asked(known: Known, record: DnsRecord) -> Iterator[Asked]:
    yield asked_at(record.place, record.asked_by or "it was published, and the route that needs it stays")
    for stack in known.plan.stacks:
        for router in (stack.labelled.get("http") or {}).get("routers", {}):
            if record.hostname in str((stack.labelled["http"]["routers"][router] or {}).get("rule")):
                place = stack.label_places.get(f"http.routers.{router.lower()}.rule", "")
                yield asked_at(place.partition(" ")[0], f"the router {router} of {stack.resource_name}")


def _waits(known: Known, record: DnsRecord) -> Iterator[Waiting]:
    answers = known.stored.things.get(_ANSWERS)
    if answers is not None and record.hostname in str(answers.outputs.get("unanswered") or ""):
        yield Waiting("the last run did not get it answered", answers.modified, "phoenix sync all")
