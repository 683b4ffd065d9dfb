"""Looking at a stack as it is, against what the state has of it."""

from __future__ import annotations

from phoenix_providers.clients.portainer.silence import EngineSilentError
from phoenix_providers.errors import ProductError
from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.models.observed import AS_DECLARED, NOT_LOOKED_AT
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.stacks.portainer_data import OTHER_DATA
from phoenix_providers.operations.stacks.reasons import redacted
from phoenix_providers.operations.stacks.stack_access import lookup_of, was_made_in_other_data
from phoenix_providers.planning.stacks.stack_properties import content_of, history_of

# Said of a stack that Portainer has no more.
GONE = "Portainer has it no more"
# What did not run before says nothing of a stack that is brought up anew.
_OF_FAILURES = ("failed_digest", "failed_reason", "unpulled")


def refreshed(props: StoredProperties) -> Properties:
    """Return the properties of the stack as it is.

    Whoever does not answer leaves everything as it was, marked to be looked at again. So does a stack whose record is
    gone: its containers may run on, and one that leaves, which is read as well, would never be taken away.
    """
    kept = dict(props)
    kept["observed"] = props.get("failure") or AS_DECLARED
    try:
        lookup = lookup_of(props)
        if was_made_in_other_data(props):
            kept["observed"] = OTHER_DATA
            return kept
        record = lookup.find(str(props["project"]), int(props.get("environment_id") or 0))
        if record is None:
            stack_id = int(props.get("stack_id") or 0)
            if stack_id and not lookup.has_record(str(props["project"]), stack_id):
                return {key: value for key, value in kept.items() if key not in _OF_FAILURES} | {"observed": GONE}
            if stack_id:
                kept["observed"] = "its record at Portainer belongs to another environment"
        else:
            # The file is the one that we left there for as long as nobody has written the record since.
            known = str(props["compose"]) if props.get("stamp") == record.stamp else None
            live = lookup.look(record, content_of(props), known, history_of(props, props))
            kept |= {"compose": live.content.compose, "env": dict(live.content.env), "stamp": record.stamp}
            kept["services"] = list(live.content.services)
            if live.broken:
                # It may be caught between two crashes by the time that it is brought up.
                kept["unsettled"] = live.content.digest
            if live.observed:
                kept["observed"] = redacted("; ".join(live.observed), props)
    except ProductError as error:
        kept["observed"] = _silence(props, error)
    return kept


def note_silence(name: str, observed: str) -> None:
    """Note for the verdict of a preview if a stack could not be looked at, as the refresh has left it.

    That may have been another process: the one of a refresh has the settings of the last run.
    """
    current = clients_of_run.opened()
    if current is not None and observed.startswith(NOT_LOOKED_AT):
        current.notes.silent_engines[name] = observed.removeprefix(NOT_LOOKED_AT)


def _silence(props: StoredProperties, error: ProductError) -> str:
    """Return why a stack could not be looked at."""
    text = redacted(str(error), props)
    return f"{NOT_LOOKED_AT}{text}" if isinstance(error, EngineSilentError) else text
