"""What all our resources share: their properties reach the provider as they were declared."""

from __future__ import annotations

import pulumi
from pulumi.dynamic import Resource

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.resources.engine_values import to_engine
from phoenix_providers.resources.nested_inputs import as_sent
from phoenix_providers.resources.provider import PhoenixProvider


class PhoenixResource(Resource):
    """Base of the dynamic resources.

    Args:
        provider: Who makes it.
        name: Resource name.
        props: Its properties; outputs are named with None.
        opts: Options for the engine.
    """

    def __init__(
        self,
        provider: PhoenixProvider,
        name: str,
        props: StoredProperties,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(provider, name, as_sent({key: to_engine(value) for key, value in props.items()}), opts)
