"""A `.env` beside a compose file, which compose on a desk reads, and of which Portainer knows nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import StackFolder
from phoenix_providers.planning.compose.asked_names import asked_names
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.findings import Findings

_FILE = ".env"


def check_dotenv(
    folder: StackFolder,
    compose: Compose,
    declared: Collection[str],
    locate: Callable[..., Location],
    findings: Findings,
    *,
    old_spelling: bool,
) -> None:
    """Report variables of `.env` that the file asks for, and the manifest does not have.

    The old scripts left the file out without a word, so what they deployed is deployed on, with a warning.

    Args:
        folder: The stack's.
        compose: Its file.
        declared: Names of the manifest's variables.
        locate: Gives the place of a path in the compose file.
        findings: Takes what there is to tell.
        old_spelling: Whether the files are those of an existing installation.
    """
    used = {name: path for name, path in asked_names(compose.raw).items() if name in folder.dotenv.keys() - declared}
    if not used:
        return
    names = ", ".join(sorted(used))
    place = locate(*next(iter(used.values())))
    line = folder.dotenv[next(iter(used))]
    message = f"{names} of {_FILE} {'is' if len(used) == 1 else 'are'} not used: Portainer gets only the compose text"
    beside = Path(folder.compose_location.file).parent / _FILE
    next_step = (
        f"write them into phoenix.yaml below `variables`, secrets as {{secret: NAME}}, or have a new folder made of "
        f"this one: phoenix init FOLDER --stack {folder.folder}"
    )
    if old_spelling:
        findings.warning(
            message, place, seen=f"{beside}:{line}", expected="the manifest's variables", next_step=next_step
        )
    else:
        findings.error(
            message, place, seen=f"{beside}:{line}", expected="the manifest's variables", next_step=next_step
        )
