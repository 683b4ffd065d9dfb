"""Our hosts file in a directory that dnsmasq watches: it answers from it at once, without a signal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pulumi

from phoenix_providers.errors import ProductError, UnreachableError
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.dns.backends.dnsmasq import CONSUMER
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    AS_DECLARED,
    CreateResult,
    DiffResult,
    PhoenixProvider,
    Properties,
    ReadResult,
    UpdateResult,
    differs,
    told,
    without_provider_key,
)

if TYPE_CHECKING:
    from phoenix_providers.clients.delivery.target import Delivery


_COMPARED = ("target", "file", "text", "observed")


class DnsmasqRecordsProvider(PhoenixProvider):
    """Writes one file in one step, and only if it differs; no other file of the directory is touched."""

    def create(self, props: Properties) -> CreateResult:
        """Write the file; one of ours from before is simply replaced."""
        return CreateResult(str(props["file"]), _written(props))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Read the file; silence leaves everything as it was, marked."""
        kept = without_provider_key(props)
        try:
            kept |= {"text": _delivery(props).read(str(props["file"])) or "", "observed": AS_DECLARED}
        except ProductError as error:
            kept["observed"] = told(error)
        return ReadResult(id_, kept, {key: kept.get(key) for key in _COMPARED})

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare texts and places."""
        return DiffResult(changes=differs(olds, news, _COMPARED))

    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Write the file; one that moved is removed from the old place, unless that is the same by another way."""
        outs = _written(news)
        if olds["target"] != news["target"]:
            _leave(olds, news)
        return UpdateResult(outs)

    def delete(self, _id: str, props: Properties) -> None:
        """Remove the file, and with it its answers."""
        _delivery(props).remove(str(props["file"]))


class DnsmasqRecords(PhoenixResource, module="phoenix", name="DnsmasqRecords"):
    """All records in one file.

    Args:
        name: Resource name.
        target: The directory that dnsmasq watches (`hostsdir`).
        file: File name.
        text: What it says.
        opts: Options for the engine.

    Attributes:
        written: What the file says.
    """

    written: pulumi.Output[str]

    def __init__(
        self, name: str, *, target: str, file: str, text: str, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        inputs = {"target": target, "file": file, "text": text, "observed": AS_DECLARED, "written": None}
        super().__init__(DnsmasqRecordsProvider(), name, inputs, opts)


def _delivery(props: Properties) -> Delivery:
    return clients_of_run.current().delivery(str(props["target"]), CONSUMER)


def _leave(olds: Properties, news: Properties) -> None:
    """Remove the file where it was before; a machine that is gone for good is a reason to move, so that only warns."""
    from phoenix_providers.clients.delivery.same_place import leads_to_same_place

    try:
        if not leads_to_same_place(_delivery(news), _delivery(olds)):
            _delivery(olds).remove(str(olds["file"]))
    except UnreachableError as error:
        reason = error.explanation
        print(
            f"warning: {olds['file']} may still be answered at the old place {olds['target']}, which will not be asked"
            f" again ({reason.what}: {reason.seen or reason.where}); if dnsmasq runs there, remove the file by hand",
            file=sys.stderr,
        )


def _written(props: Properties) -> Properties:
    """Write the file, and return the properties with what is ours by now, whatever is read there later."""
    delivery, file, text = _delivery(props), str(props["file"]), str(props["text"])
    if delivery.read(file) != text:
        delivery.write(file, text)
    return without_provider_key(props) | {"written": text}
