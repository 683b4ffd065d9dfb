"""What stands in a file of a site, in either spelling, before a model has read it or after it was written anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

# A file, or a map inside of one: its keys are the user's to choose, right or wrong.
FileContent: TypeAlias = Mapping[str, Any]
# One that is being put together.
NewContent: TypeAlias = dict[str, Any]
