"""Whether compose would read a file at all: the published schema, and what its parts say of each other.

A file that compose refuses takes the running stack down on servers up to 2.39, so it is found here, before anything
is sent.
"""

from __future__ import annotations

from collections.abc import Callable

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.specification.entry_forms import check_entry_forms
from phoenix_providers.planning.compose.specification.file_objects import check_file_objects
from phoenix_providers.planning.compose.specification.plain_services import is_plain
from phoenix_providers.planning.compose.specification.service_contradictions import check_contradictions
from phoenix_providers.planning.compose.specification.service_references import check_references
from phoenix_providers.planning.compose.specification.value_forms import check_value_forms
from phoenix_providers.planning.compose.specification.yaml_forms import check_directives, check_keys
from phoenix_providers.planning.findings import Findings

_IMAGE_OR_LIKE = ("image", "build", "extends", "provider")


def check_specification(compose: Compose, locate: Callable[..., Location], findings: Findings) -> None:
    """Report everything that compose would refuse, with its place in the file."""
    check_directives(compose.text, locate(), findings)
    check_keys(compose.document, locate, findings)
    if not is_plain(compose.model):
        # Its library takes as long to load as a dozen files to be read.
        from phoenix_providers.planning.compose.specification.published_schema import check_schema

        check_schema(compose, locate, findings)
    check_value_forms(compose, locate, findings)
    check_entry_forms(compose, locate, findings)
    for name, service in compose.services.items():
        if service.active and not any(compose.model["services"][name].get(key) for key in _IMAGE_OR_LIKE):
            findings.error(
                f"the service {name} has no image",
                locate("services", name),
                seen="no `image`",
                expected="image: NAME:TAG",
            )
    check_references(compose, locate, findings)
    check_contradictions(compose, locate, findings)
    check_file_objects(compose, locate, findings)
