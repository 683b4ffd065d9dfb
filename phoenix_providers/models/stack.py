"""A stack folder: compose file and manifest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from phoenix_providers.models.base import FileModel, Name, ScalarText, StrictModel
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.models.location import Location


class SecretReference(FileModel):
    """A value that stands in the Pulumi configuration: `phoenix:secrets.NAME`."""

    secret: Name
    """Set it with: pulumi config set --secret --path phoenix:secrets.NAME."""


class StackVariable(FileModel):
    """One variable of a stack."""

    name: Name
    """Name by which the compose file uses it: ${NAME}."""
    value: ScalarText | SecretReference = ""
    """Its value, or {secret: NAME}; nothing is empty text."""


class StackFile(FileModel):
    """A file of the stack's folder, mounted into containers."""

    source: Name
    """A text file, relative to the stack's folder."""
    destination_in_container: Name
    """Absolute path in the containers."""
    services: tuple[Name, ...] = ()
    """Services that get it; without this, all that mount nothing of their own there."""


class ServiceSettings(FileModel):
    """What a manifest adds to one service of the compose file."""

    traefik_labels: tuple[str, ...] = ()
    """Labels of Traefik's docker provider, as key=value; added to those of the compose file."""


class StackEnvironment(FileModel):
    """What a manifest says for one environment such as `production`."""

    variables: tuple[StackVariable, ...] = ()
    """Variables for the compose file."""
    files: tuple[StackFile, ...] = ()
    """Files that are mounted into the stack's containers."""
    services: Mapping[str, ServiceSettings] = {}
    """What is added to services of the compose file, by their name there."""
    firewall_rules: tuple[FirewallRule, ...] = ()
    """Rules for every VM that runs the stack."""


def _one_or_several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _as_at_portainer(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", value):
        raise ValueError("expected a name as Portainer has it: a-z, 0-9, - and _, a letter or digit first")
    return value


def _name_and_vmid(value: str) -> str:
    if not re.fullmatch(_FORMER, value):
        raise ValueError("expected NAME@VMID, such as grafana@113")
    return value


_FORMER = r"[^@\s]+@[1-9][0-9]*"
_FORMER_SCHEMA: JsonDict = {"type": "string", "pattern": f"^{_FORMER}$"}
_FORMER_SCHEMAS: JsonDict = {"anyOf": [_FORMER_SCHEMA, {"type": "array", "items": _FORMER_SCHEMA}]}
FormerNames = Annotated[
    tuple[Annotated[str, AfterValidator(_name_and_vmid)], ...],
    BeforeValidator(_one_or_several),
    WithJsonSchema(_FORMER_SCHEMAS),
]


def _hold(value: Any) -> Any:
    if isinstance(value, bool) or value == "without-routes":
        return value
    raise ValueError("expected true, false or without-routes")


class StackLimits(StrictModel):
    """`x-phoenix` of a manifest: what is said of the stack to Phoenix Sync itself."""

    without: ClassVar[Mapping[str, str]] = {
        "timeout": "the limit of the settings holds",
        "settle": "the time of the settings holds",
        "probe": "a route that is not answered is a warning",
        "was": "it is a stack that was not there before",
        "hold": "it is not held",
        "empty_volumes": "it does not start with empty volumes",
        "project": "its name is NAME-ENVIRONMENT",
        "routes": "its labels make routes",
    }
    when_absent: ClassVar[str] = "nothing is said of this stack to Phoenix Sync"

    timeout: Annotated[float, Field(gt=0)] | None = None
    """How long it may take to deploy and get healthy."""
    settle: Annotated[float, Field(ge=0)] | None = None
    """How long its containers then have to stay healthy."""
    probe: Literal["required"] | None = None
    """`required`: a route that is not answered after a sync is a failure."""
    was: FormerNames = ()
    """NAME@VMID by which it was called before its folder was renamed or it moved to this VM; several as a list."""
    hold: Annotated[Literal[True, False, "without-routes"], BeforeValidator(_hold)] = False
    """`true`: nothing of it is changed, and its routes stay; `without-routes`: they are withdrawn meanwhile."""
    empty_volumes: bool = False
    """Whether it may start with empty volumes under its new name, or on its new VM."""
    project: Annotated[str | None, AfterValidator(_as_at_portainer)] = None
    """Its name at Portainer, for a stack that was there before; without this it is NAME-ENVIRONMENT."""
    routes: bool = True
    """false: Traefik's labels make no routes and no names here; whoever has them from elsewhere keeps them."""


class StackManifest(FileModel):
    """`phoenix.json` or `phoenix.yaml` of a stack; all of it may be missing."""

    # `limits` of an existing manifest is not ours.
    model_config = ConfigDict(populate_by_name=False)

    description: str = ""
    """What the stack is, for people."""
    limits: StackLimits = Field(default=StackLimits(), alias="x-phoenix")
    """Limits of this stack's own, in seconds, and what it was before a rename or a move."""
    environments: Mapping[str, StackEnvironment] = {}
    """What holds in each environment, by name; `production` unless a VM or the settings say otherwise."""


@dataclass(frozen=True)
class StackFolder:
    """A folder in `stacks/`, read whole, so that planning needs no files.

    Attributes:
        compose: Text of the compose file; None when there is none or it cannot be read (a problem says so).
        files: Content by `source`, for each file that a manifest names and that could be read.
        manifest_readable: False when there is a manifest that could not be read: what it declares is then unknown,
            not empty, and nothing may be taken away because of it.
        dotenv: Line by name of the variables in a `.env` beside the compose file, whose values nobody here reads.
    """

    name: str
    folder: Path
    compose: str | None
    compose_location: Location
    manifest: StackManifest
    manifest_location: Location
    files: Mapping[str, bytes] = field(default_factory=dict)
    manifest_readable: bool = True
    dotenv: Mapping[str, int] = field(default_factory=dict)
