"""Why a stack is not as declared, in words that hold no secret."""

from __future__ import annotations

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.stacks.image_foresight import images_of
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.stacks.stack_properties import public_names


def redacted(text: str, *several: StoredProperties) -> str:
    """Take all values out of a text: the one place through which every reason passes.

    Products, and our own checks, repeat what they were given; a log may show what another stack has. An image keeps
    its name, whichever variable its version comes from, unless that is a secret.
    """
    if not text:
        return text
    values = [str(value) for properties in several for value in (properties.get("env") or {}).values()]
    public = [name for properties in several for name in public_names(properties)]
    images = [image for properties in several for image in images_of(properties)]
    return redact(redact(text, values, [*public, *images]), clients_of_run.current().secret_values, public)
