"""The folder in which Pulumi keeps a state: its history and copies, which the engine never removes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.errors import UsageError
from phoenix_providers.planning.site.old_runs import of_old_runs
from phoenix_providers.planning.site.state_lock import RELEASE

_IN_A_FOLDER = "file://"
_KINDS = ("history", "backups")


@dataclass(frozen=True)
class StateFolder:
    """What belongs to one Pulumi stack in a folder; other projects and stacks are never touched."""

    root: Path
    project: str
    stack: str

    @classmethod
    def of(cls, engine: Engine) -> StateFolder | None:
        """Return it for the stack at hand; None where the state is not in a folder."""
        folder = cls.place(engine.backend)
        return cls.inside(folder, engine.project_name, engine.stack_name) if folder is not None else None

    @classmethod
    def inside(cls, folder: Path, project: str, stack: str) -> StateFolder:
        """Return it for a stack of which the names are known, in the folder of a backend."""
        return cls(folder / ".pulumi", project, stack)

    @staticmethod
    def place(url: str) -> Path | None:
        """Return the folder of a backend; None where it is none."""
        if not url.startswith(_IN_A_FOLDER):
            return None
        return Path(unquote(url.removeprefix(_IN_A_FOLDER).partition("?")[0])).expanduser()

    @property
    def locks(self) -> Path:
        """Where the engine puts a file for each run that is going on."""
        return self.root / "locks" / "organization" / self.project / self.stack

    def remove_old_runs(self, keep: int) -> tuple[int, int]:
        """Remove what all runs but the newest have left; return how many files and bytes that was.

        Raises:
            UsageError: A run holds the state.
        """
        if held := sorted(self.locks.glob("*.json")):
            raise UsageError(
                "A run holds the state, so nothing is removed",
                where=str(held[0]),
                next_step=f"the same command once it has ended   ({RELEASE}, if it was killed)",
            )
        files = size = 0
        for kind in _KINDS:
            folder = self.root / kind / self.project / self.stack
            names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
            for name in of_old_runs(self.stack, names, keep):
                size += (folder / name).stat().st_size
                (folder / name).unlink(missing_ok=True)
                files += 1
        return files, size
