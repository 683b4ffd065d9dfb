"""A stack's values on their way to Portainer and back."""

from __future__ import annotations

from phoenix_providers.clients.portainer.records import StackRecord
from phoenix_providers.planning.compose.dotenv import decode, encode
from phoenix_providers.planning.stacks.content import StackContent

# Portainer writes its file of values for a list that is not empty only. So an emptied list leaves the old file, which
# `env_file: stack.env` goes on reading, and one that was never filled leaves none, without which nothing starts.
_FILE_OF_VALUES = "stack.env"
_NO_VALUES = "PHOENIX_SYNC_NO_VALUES"


def to_send(content: StackContent, record: StackRecord | None) -> dict[str, str]:
    """Return the values as Portainer shall get them; never an empty list where the file of values counts.

    That is where there have been values, and where the text names the file, in whatever form and place.
    """
    counts = (record is not None and bool(record.env)) or _FILE_OF_VALUES in content.compose
    if not content.env and counts:
        return {_NO_VALUES: ""}
    return {name: encode(value) for name, value in content.env.items()}


def as_seen(record: StackRecord) -> dict[str, str]:
    """Return a record's values as containers see them."""
    return {name: decode(value) for name, value in record.env.items() if name != _NO_VALUES}
