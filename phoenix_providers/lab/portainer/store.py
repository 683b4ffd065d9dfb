"""Portainer's database: records in the shape in which they are answered, kept in one file."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Store:
    """All records by number; `save` after every change.

    Attributes:
        endpoints: Environments.
        groups: Environment groups; 1 is "Unassigned" and always there.
        keys: API keys with their digest; the keys themselves are not kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "portainer.json"
        data: Record = json.loads(self._file.read_text()) if self._file.exists() else {}
        self.instance_id: str = data.get("instance_id") or str(uuid.uuid4())
        self.users: dict[int, Record] = _numbered(data.get("users", {}))
        self.keys: dict[int, Record] = _numbered(data.get("keys", {}))
        self.tags: dict[int, Record] = _numbered(data.get("tags", {}))
        self.groups: dict[int, Record] = _numbered(data.get("groups", {}))
        self.endpoints: dict[int, Record] = _numbered(data.get("endpoints", {}))
        self.registries: dict[int, Record] = _numbered(data.get("registries", {}))
        self.stacks: dict[int, Record] = _numbered(data.get("stacks", {}))
        self._sequences: dict[str, int] = data.get("sequences", {})
        if not self.groups:
            self.groups[self.next_id("groups")] = new_group(1, "Unassigned", "Unassigned environments")
        if not self._file.exists():
            # Its identity is the one thing that a server keeps from its first start on.
            self.save()

    def next_id(self, bucket: str) -> int:
        """Return a number that was never used; one that is not used after all stays lost."""
        self._sequences[bucket] = self._sequences.get(bucket, 0) + 1
        return self._sequences[bucket]

    def save(self) -> None:
        """Write everything; readable by the owner only, since stacks and registries hold secrets."""
        data = {
            "instance_id": self.instance_id,
            "users": self.users,
            "keys": self.keys,
            "tags": self.tags,
            "groups": self.groups,
            "endpoints": self.endpoints,
            "registries": self.registries,
            "stacks": self.stacks,
            "sequences": self._sequences,
        }
        partial = self._file.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(data))
        os.replace(partial, self._file)


def new_group(number: int, name: str, description: str) -> Record:
    """Return the record of an environment group."""
    return {
        "Id": number,
        "Name": name,
        "Description": description,
        "UserAccessPolicies": {},
        "TeamAccessPolicies": {},
        "TagIds": [],
        "Labels": [] if number == 1 else None,
        "AuthorizedUsers": None,
        "AuthorizedTeams": None,
    }


def _numbered(records: dict[str, Record]) -> dict[int, Record]:
    return {int(number): record for number, record in records.items()}
