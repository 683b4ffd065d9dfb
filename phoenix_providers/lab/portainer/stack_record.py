"""What Portainer keeps of a stack, and the files beside it."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from phoenix_providers.lab.portainer.store import Record, Store

ACTIVE, INACTIVE, DEPLOYING, FAILED = 1, 2, 3, 4
_COMPOSE_TYPE = 2
_STACK_CONTROL = 6
_FILE = "docker-compose.yml"
_VARIABLES = "stack.env"


def normalised(name: str) -> str:
    """Return a stack's name as Portainer keeps it: small letters, digits, hyphens and underscores only."""
    return re.sub(r"[^a-z0-9_-]", "", name.lower())


def project_of(stack: Record) -> str:
    """Return the compose project; a stack without a name goes by its folder."""
    return str(stack["Name"] or stack["Id"])


def new_stack(
    store: Store, name: str, endpoint: int, variables: list[dict[str, str]] | None, user: str, *, asynchronous: bool
) -> Record:
    """Return a record with a number of its own, not saved yet."""
    number = store.next_id("stacks")
    record: Record = {
        "Id": number,
        "Name": name,
        "Type": _COMPOSE_TYPE,
        "EndpointId": endpoint,
        "SwarmId": "",
        "EntryPoint": _FILE,
        "Env": variables,
        "ResourceControl": None,
        "Status": ACTIVE,
        "ProjectPath": str(store.folder / "compose" / str(number)),
        "CreationDate": int(time.time()),
        "CreatedBy": user,
        "UpdateDate": 0,
        "UpdatedBy": "",
        "AdditionalFiles": None,
        "AutoUpdate": None,
        "Option": None,
        "GitConfig": None,
        "FromAppTemplate": False,
        "Namespace": "",
    }
    if asynchronous:
        record |= {"DeploymentStartStatus": 0, "DeploymentStatus": [], "WorkflowID": 0}
    return record


def give_control(store: Store, stack: Record) -> None:
    """Let administrators only have it; done when the record is saved."""
    stack["ResourceControl"] = {
        "Id": store.next_id("resource_controls"),
        "ResourceId": f"{stack['EndpointId']}_{stack['Name']}",
        "SubResourceIds": [],
        "Type": _STACK_CONTROL,
        "UserAccesses": [],
        "TeamAccesses": [],
        "Public": False,
        "AdministratorsOnly": True,
        "System": False,
    }


def begin_deployment(stack: Record) -> None:
    """Mark a stack as deploying."""
    stack["DeploymentStartStatus"] = stack["Status"]
    stack["Status"] = DEPLOYING
    stack["DeploymentStatus"] = [_entry(DEPLOYING, "")]


def end_deployment(stack: Record, failure: str | None) -> None:
    """Mark a stack as active, or as failed with the reason."""
    stack["Status"] = ACTIVE if failure is None else FAILED
    stack["DeploymentStatus"] = [*stack.get("DeploymentStatus", []), _entry(stack["Status"], failure or "")]


class ProjectFolder:
    """The files of one stack on the server's disk."""

    def __init__(self, stack: Record) -> None:
        self.path = Path(stack["ProjectPath"])
        self._file = self.path / _FILE
        self._backup = self.path / f"{_FILE}.bak"

    @property
    def compose_path(self) -> str:
        """Where the compose file lies."""
        return str(self._file)

    def read(self) -> str | None:
        """Return the compose file, byte for byte; None when it is gone."""
        return self._file.read_bytes().decode() if self._file.exists() else None

    def write(self, text: str) -> None:
        """Write the compose file."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._file.write_bytes(text.encode())

    def replace(self, text: str) -> bool:
        """Write the compose file and keep the old one beside it; false when there is no old one."""
        if not self._file.exists():
            return False
        self._backup.write_bytes(self._file.read_bytes())
        self.write(text)
        return True

    def roll_back(self) -> None:
        """Bring the old file back; without one the new file stays, which happens when two updates overlap."""
        if self._backup.exists():
            self._backup.replace(self._file)

    def commit(self) -> None:
        """Forget the old file."""
        self._backup.unlink(missing_ok=True)

    def write_variables(self, variables: list[dict[str, str]] | None) -> str:
        """Write the list as NAME=VALUE lines and return them; an empty list leaves the old file where it is."""
        if not variables:
            return ""
        text = "".join(f"{pair['name']}={pair['value']}\n" for pair in variables)
        self.path.mkdir(parents=True, exist_ok=True)
        file = self.path / _VARIABLES
        file.touch(mode=0o600)
        file.write_bytes(text.encode())
        return text

    def files(self) -> dict[str, str]:
        """Return what `env_file` may name."""
        file = self.path / _VARIABLES
        return {_VARIABLES: file.read_bytes().decode()} if file.exists() else {}

    def remove(self) -> None:
        """Remove the whole folder."""
        shutil.rmtree(self.path, ignore_errors=True)


def _entry(status: int, message: str) -> Record:
    return {"Status": status, "Time": int(time.time()), "Message": message}
