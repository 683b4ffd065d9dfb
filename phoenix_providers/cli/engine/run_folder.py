"""Where runs leave what they did, and the engine's own words: a folder of this computer, for each Pulumi stack."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.models.run_record import RunRecord

# As the XDG base directory specification has it for logs and history.
_VARIABLE, _DEFAULT = "XDG_STATE_HOME", ".local/state"
_LAST = "last-run.json"
_LOGS = "engine-*.log"
# What the engine has printed in the runs before these is nobody's business any more.
_KEPT_LOGS = 20
_PLACE_LENGTH = 8


@dataclass(frozen=True)
class RunFolder:
    """Runs of one Pulumi stack that were started here."""

    folder: Path

    @classmethod
    def of(cls, engine: Engine) -> RunFolder:
        """Return that of the stack at hand."""
        return cls.named(engine.project, engine.project_name, engine.stack_name)

    @classmethod
    def named(cls, root: Path, project: str, stack: str) -> RunFolder:
        """Return that of a stack whose names somebody knows already; `root` is the folder with Pulumi.yaml."""
        base = Path(os.environ.get(_VARIABLE) or Path.home() / _DEFAULT)
        # Two sites, or a site and its rehearsal, may have the same names.
        place = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:_PLACE_LENGTH]
        return cls(base / "phoenix" / project / f"{stack}-{place}")

    def last(self) -> RunRecord | None:
        """Return the last run; None if there was none, or if nobody can read what it left."""
        try:
            return RunRecord.model_validate_json((self.folder / _LAST).read_text(encoding="utf-8"))
        except (OSError, ValidationError):
            return None

    def keep(self, record: RunRecord) -> None:
        """Keep a run as the last one."""
        self._make()
        written = self.folder / f"{_LAST}.{os.getpid()}"
        written.write_text(record.model_dump_json(), encoding="utf-8")
        written.replace(self.folder / _LAST)

    def new_log(self, started: float) -> Path:
        """Return a new file for the engine's own output, which nobody else may read; old ones go."""
        self._make()
        for file in sorted(self.folder.glob(_LOGS))[: -_KEPT_LOGS + 1]:
            file.unlink(missing_ok=True)
        begun = datetime.fromtimestamp(started, UTC).strftime("%Y%m%d-%H%M%S")
        log = self.folder / _LOGS.replace("*", f"{begun}-{os.getpid()}")
        log.touch(mode=0o600)
        return log

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
