"""Aliases, IP sets and security groups of the datacenter, as Proxmox shows and takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from phoenix_providers.clients.json_record import JsonRecord
from phoenix_providers.models.firewall_names import NameKind

Shown = JsonRecord

_PLACE = "cluster/firewall"
_LISTS: Mapping[str, tuple[str, str]] = {"ip-set": ("ipset", "name"), "security-group": ("groups", "group")}


class Write(Protocol):
    """Sends a request, and looks where it stays open whether it happened."""

    def __call__(
        self,
        verb: str,
        path: str,
        fields: Mapping[str, str] | None,
        done: Callable[[], bool],
        params: Mapping[str, str] | None = None,
    ) -> None:
        """Send it."""


class ProxmoxNames:
    """Reads and writes one name at a time; names are those in lower case.

    Args:
        get: Returns what a path shows.
        write: Sends a request.
    """

    def __init__(self, get: Callable[[str], Any], write: Write) -> None:
        self._get = get
        self._write = write

    def comment_and_entries(self, kind: NameKind, name: str) -> tuple[str, Sequence[Shown]] | None:
        """Return what stands under a name, a group's rules in order; None if there is nothing."""
        if kind == "alias":
            found = next((one for one in self._get(f"{_PLACE}/aliases") if str(one["name"]).lower() == name), None)
            return None if found is None else (str(found.get("comment") or ""), [found])
        folder, key = _LISTS[kind]
        listed = next((one for one in self._get(f"{_PLACE}/{folder}") if str(one[key]).lower() == name), None)
        if listed is None:
            return None
        entries: Sequence[Shown] = self._get(f"{_PLACE}/{folder}/{listed[key]}")
        if kind == "security-group":
            entries = sorted(entries, key=lambda rule: int(rule["pos"]))
        return str(listed.get("comment") or ""), entries

    def macros(self) -> Sequence[str]:
        """Return the names of the macros that rules may use."""
        return [str(one["macro"]) for one in self._get(f"{_PLACE}/macros")]

    def sdn_sets(self) -> Sequence[str]:
        """Return the names of the sets that the software-defined network makes by itself."""
        return [str(one["name"]) for one in self._get(f"{_PLACE}/refs") if one.get("scope") == "sdn"]

    def send(self, verb: str, path: str, fields: Mapping[str, str], done: Callable[[], bool], digest: str = "") -> None:
        """Send one request to a path below the datacenter's firewall; refused if the digest is another one."""
        fields = {**fields, "digest": digest} if digest else fields
        if verb == "DELETE":
            self._write(verb, f"{_PLACE}/{path}", None, done, fields)
        else:
            self._write(verb, f"{_PLACE}/{path}", fields, done)
