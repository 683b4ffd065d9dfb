"""`extends`, within a file and from others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from phoenix_providers.cli.stack_import.project_files import MEND_IT, compose_tree
from phoenix_providers.cli.stack_import.relative_paths import moved, text_of, without_key
from phoenix_providers.errors import UsageError
from phoenix_providers.planning.compose.extends import extended
from phoenix_providers.planning.compose.merge import MergeError, cleaned, merged
from phoenix_providers.planning.compose.parts import Part
from phoenix_providers.planning.findings import nearest


class ServiceFiles:
    """Resolves `extends`; every file that is read on the way is added to `files`."""

    def __init__(self, known: Mapping[str, str], files: list[Path]) -> None:
        self._known = known
        self._files = files

    def resolved(self, services: Part, file: Path, folder: Path) -> Part:
        """Return services of a file with all that they inherit."""
        if not services.is_map:
            return services
        return services.with_content({name: self._service(name, services, file, folder, ()) for name in services.value})

    def _service(self, name: str, services: Part, file: Path, folder: Path, path: tuple[str, ...]) -> Part:
        own: Part = services.value[name]
        if not own.is_map or "extends" not in own.value:
            return own
        here = f"{name} of {file}"
        if here in path:
            raise UsageError(
                "Services extend each other in a circle",
                where=str(file),
                seen=" -> ".join((*path, here)),
                expected="a service at the end that extends none",
                next_step=MEND_IT,
            )
        base, other = extended(own.said)
        if other:
            other_file = folder / text_of(own.value["extends"].value["file"], self._known)
            _, tree = compose_tree(other_file)
            self._files.append(other_file)
            there = moved(tree, other_file.parent, folder, self._known).value.get("services")
        else:
            there, other_file = services, file
        if there is None or not there.is_map or base not in there.value:
            known = there.value if there is not None and there.is_map else {}
            raise UsageError(
                f"{name} extends {base or 'nothing'}, which {other_file.name} does not have",
                where=str(file),
                seen=base,
                expected=nearest(base, known) or ", ".join(known),
                next_step=MEND_IT,
            )
        below = self._service(base, there, other_file, folder, (*path, here))
        without = without_key(own, "extends")
        if not below.is_map:
            return without
        try:
            whole = merged(below, without, ("services", name))
        except MergeError as error:
            raise UsageError(
                "Compose would refuse these files",
                where=str(file),
                seen=str(error),
                next_step=MEND_IT,
            ) from None
        # Tags count on the service below, and not on what a further file adds.
        return cleaned(whole, ("services", name))
