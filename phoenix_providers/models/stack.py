"""A stack folder: compose file and manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from phoenix_providers.models.base import FileModel, Name, ScalarText
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.models.location import Location


class SecretReference(FileModel):
    """A value that stands in the Pulumi configuration: `phoenix:secrets.NAME`."""

    secret: Name


class StackVariable(FileModel):
    """One variable of a stack; `null` is empty text, as the old scripts sent it."""

    name: Name
    value: ScalarText | SecretReference = ""


class StackFile(FileModel):
    """A file of the stack's folder, mounted into containers."""

    source: Name
    destination_in_container: Name


class ServiceSettings(FileModel):
    """What a manifest adds to one service of the compose file."""

    traefik_labels: tuple[str, ...] = ()


class StackEnvironment(FileModel):
    """What a manifest says for one environment such as `production`."""

    variables: tuple[StackVariable, ...] = ()
    files: tuple[StackFile, ...] = ()
    services: Mapping[str, ServiceSettings] = {}
    firewall_rules: tuple[FirewallRule, ...] = ()


class StackLimits(FileModel):
    """`x-phoenix` of a manifest: seconds that a stack may take, and has to stay healthy; None: as in the settings."""

    timeout: Annotated[float, Field(gt=0)] | None = None
    settle: Annotated[float, Field(ge=0)] | None = None


class StackManifest(FileModel):
    """`phoenix.json` or `phoenix.yaml` of a stack; all of it may be missing."""

    description: str = ""
    limits: StackLimits = Field(default=StackLimits(), alias="x-phoenix")
    environments: Mapping[str, StackEnvironment] = {}


@dataclass(frozen=True)
class StackFolder:
    """A folder in `stacks/`, read whole, so that planning needs no files.

    Attributes:
        compose: Text of the compose file; None when there is none or it cannot be read (a problem says so).
        files: Content by `source`, for each file that a manifest names and that could be read.
        manifest_readable: False when there is a manifest that could not be read: what it declares is then unknown,
            not empty, and nothing may be taken away because of it.
    """

    name: str
    folder: Path
    compose: str | None
    compose_location: Location
    manifest: StackManifest
    manifest_location: Location
    files: Mapping[str, bytes] = field(default_factory=dict)
    manifest_readable: bool = True
