"""An object that an API of Docker, Portainer or Proxmox shows, before the fields that we know are read from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

JsonRecord: TypeAlias = Mapping[str, Any]
