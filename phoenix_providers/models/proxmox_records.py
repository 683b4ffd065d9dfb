"""Records of Proxmox's API, in the API's own form: their keys are Proxmox's, and other releases have others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

# One rule of a list: `type`, `action`, `enable`, and whatever else it says.
RuleRecord: TypeAlias = Mapping[str, Any]
# Options of a firewall that are set.
OptionsRecord: TypeAlias = Mapping[str, Any]
# A rule that is being put together.
NewRule: TypeAlias = dict[str, Any]
