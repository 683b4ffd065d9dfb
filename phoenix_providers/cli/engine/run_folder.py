"""Where runs leave what they did, and the engine's own words: a folder of this computer, for each Pulumi stack."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.models.run_record import RunRecord

# As the XDG base directory specification has it for logs and history.
_VARIABLE, _DEFAULT = "XDG_STATE_HOME", ".local/state"
_LAST = "last-run.json"


@dataclass(frozen=True)
class RunFolder:
    """Runs of one Pulumi stack that were started here."""

    folder: Path

    @classmethod
    def of(cls, engine: Engine) -> RunFolder:
        """Return that of the stack at hand."""
        base = Path(os.environ.get(_VARIABLE) or Path.home() / _DEFAULT)
        return cls(base / "phoenix" / engine.project_name / engine.stack_name)

    def last(self) -> RunRecord | None:
        """Return the last run; None if there was none, or if nobody can read what it left."""
        try:
            return RunRecord.model_validate_json((self.folder / _LAST).read_text(encoding="utf-8"))
        except (OSError, ValidationError):
            return None

    def keep(self, record: RunRecord) -> None:
        """Keep a run as the last one."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = self.folder / f"{_LAST}.{os.getpid()}"
        written.write_text(record.model_dump_json(), encoding="utf-8")
        written.replace(self.folder / _LAST)
