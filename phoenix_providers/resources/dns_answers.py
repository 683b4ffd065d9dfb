"""After the records are written, the DNS server is asked for every one of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.errors import ProductError
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.dns.answers import differences, explain
from phoenix_providers.planning.dns.backends.table import BACKENDS
from phoenix_providers.planning.dns.generated_names import still_generated
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    AS_DECLARED,
    DiffResult,
    Properties,
    ReadResult,
    differs,
    has_unknown,
    without_provider_key,
)
from phoenix_providers.resources.state_only_provider import StateOnlyProvider

_COMPARED = ("server", "backend", "records", "observed")
# Dnsmasq sees a new file at once; what reloads a server after its hosts file has changed takes a moment.
_WAIT_SECONDS = 5.0
_QUESTION_SECONDS = 2.0


class DnsAnswersProvider(StateOnlyProvider):
    """Asks, and records what is not answered; the back end says whether that is a failure.

    What is none is told by every run, and changes nothing as long as it stays the same.

    A read knows the records of the last run only, and may come after those of this one have been written; so what it
    finds is told by the check, which sees both, and only where they are the same.
    """

    own_id = "dns-answers"
    # The inventory shows them.
    unshown = ("records",)

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Tell what the read found, unless other records are asked for now."""
        notes = clients_of_run.current().notes
        found, notes.dns_warning = notes.dns_warning, ""
        if olds and not differs(olds, news, ("server", "backend", "records")):
            # Another process may have refreshed.
            _tell(_asked(news, 0)[1] if found is None else found)
        if not olds and not has_unknown(news):
            _tell(_generated(news))
        return CheckResult(without_provider_key(news), [])

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Ask once; what differs from what was found last makes the run ask again, after it has written."""
        now, warning = _asked(props, 0)
        clients_of_run.current().notes.dns_warning, clients_of_run.current().notes.dns_told = warning, ""
        same = now["unanswered"] == list(props.get("unanswered") or ())
        if now["unanswered"] and (now["failure"] or not same):
            now["observed"] = "; ".join(now["unanswered"])
        return ReadResult(id_, now, {key: now.get(key) for key in _COMPARED})

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Ask again for other records, and after every failure."""
        return DiffResult(changes=bool(olds.get("failure")) or differs(olds, news, _COMPARED))

    def settled(self, _olds: Properties, news: Properties) -> Properties:
        """Ask for everything."""
        return _asked_and_told(news)


class DnsAnswers(PhoenixResource, module="phoenix", name="DnsAnswers"):
    """Comes after everything that publishes names.

    Args:
        name: Resource name.
        server: `IP` or `IP:PORT`.
        backend: The word of the site file.
        records: Address by name.
        opts: Options for the engine.
    """

    failure: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        server: str,
        backend: str,
        records: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "server": server,
            "backend": backend,
            "records": dict(records),
            "observed": AS_DECLARED,
            "failure": None,
            "unanswered": None,
        }
        super().__init__(DnsAnswersProvider(), name, inputs, opts)


def _asked_and_told(props: Properties) -> Properties:
    now, warning = _asked(props, _WAIT_SECONDS)
    _tell(warning)
    return now


def _asked(props: Properties, wait: float) -> tuple[Properties, str]:
    """Return the properties with what was found, and what has to be told where that is no failure."""
    from phoenix_providers.clients.dns.name_server import open_name_server
    from phoenix_providers.clients.dns.survey import unanswered

    server, backend, records = str(props["server"]), BACKENDS[str(props["backend"])], props["records"]
    label, lines, text, generated = ProductError.label, [], "", ""
    current = clients_of_run.current()
    asked = open_name_server(server, min(_QUESTION_SECONDS, current.settings.request_timeout))
    try:
        found = unanswered(asked, records, current.clock, wait)
    except ProductError as error:
        label, lines, text = error.label, [error.explanation.what], error.explanation.text()
    else:
        if lines := differences(found, records):
            text = explain(lines, len(records), server, backend.advice(asked.address)).text()
        generated = _generated(props)
    failure = f"{label}: {text}" if text and backend.silence_is_failure else ""
    outputs = without_provider_key(props) | {"observed": AS_DECLARED, "failure": failure, "unanswered": lines}
    return outputs, "\nwarning: ".join(filter(None, ["" if failure else text, generated]))


def _generated(props: Properties) -> str:
    """Say what the old scripts' file goes on answering; empty if it is not there, or nobody answers."""
    from phoenix_providers.clients.dns.generated_names import generated_names
    from phoenix_providers.clients.dns.name_server import open_name_server

    current, server, records = clients_of_run.current(), str(props["server"]), props["records"]
    asked = open_name_server(server, min(_QUESTION_SECONDS, current.settings.request_timeout))
    found = generated_names(asked, records)
    return still_generated(found, records, server, asked.address).text() if found else ""


def _tell(warning: str) -> None:
    """Print it, unless that has just been done."""
    if warning and warning != clients_of_run.current().notes.dns_told:
        print(f"warning: {warning}", file=sys.stderr)
        clients_of_run.current().notes.dns_told = warning
