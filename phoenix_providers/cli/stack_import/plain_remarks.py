"""What a compose file itself says in clear, and looks as if nobody should see it."""

from __future__ import annotations

from collections.abc import Iterator

from phoenix_providers.cli.stack_import.password_lines import password_options
from phoenix_providers.cli.stack_import.places import Places
from phoenix_providers.cli.stack_import.remarks import Remarks
from phoenix_providers.planning.compose.labels import split_label
from phoenix_providers.planning.compose.parts import Part
from phoenix_providers.planning.site.plain_secrets import is_telling
from phoenix_providers.planning.telling_values import is_telling_value


def remark_plain_secrets(name: str, own: Part, places: Places, remarks: Remarks) -> None:
    """Name such values of a service, which stay as they are."""
    build = own.value.get("build")
    arguments = build.value.get("args") if build is not None and build.is_map else None
    for key, text, part in (*_pairs(own.value.get("environment")), *_pairs(arguments)):
        if _is_clear(text) and part.path[0] != "" and (is_telling(key, text) or is_telling_value(text)):
            remarks.tell(
                f"{key} of {name} stands in clear in the compose file, as it did before",
                places.of(part),
                f"write ${{{key}}} there, and a variable with a {{secret: …}} into phoenix.yaml",
            )
    for section in ("command", "entrypoint", "healthcheck"):
        if section in own.value:
            said = own.value[section].written
            said = said.get("test") if isinstance(said, dict) else said
            words = " ".join(map(str, said)) if isinstance(said, list) else str(said)
            options = [f"{option} in {section}" for option in password_options(words)]
            for what in options or [section] * is_telling_value(words):
                remarks.tell(
                    f"{what} of {name} may hold a password, and is copied as it is", places.of(own.value[section])
                )


def _pairs(section: Part | None) -> Iterator[tuple[str, str, Part]]:
    if section is not None and section.is_map:
        yield from ((key, str(part.raw), part) for key, part in section.value.items())
    elif section is not None and section.is_list:
        yield from ((*split_label(str(part.raw)), part) for part in section.value)


def _is_clear(text: str) -> bool:
    return "$" not in text.replace("$$", "") and text != "None"
