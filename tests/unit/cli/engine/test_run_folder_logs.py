"""The engine's own output stays for the newest runs, and is nobody else's business."""

from __future__ import annotations

from pathlib import Path

from phoenix_providers.cli.engine.run_folder import RunFolder


def test_only_the_newest_logs_stay_and_nobody_else_reads_them(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "phoenix" / "site" / "prod")
    logs = [folder.new_log(1_700_000_000 + 60 * number) for number in range(25)]
    for log in logs[-20:]:
        assert log.stat().st_mode & 0o777 == 0o600
    assert sorted(folder.folder.iterdir()) == logs[-20:]
    assert folder.folder.stat().st_mode & 0o777 == 0o700
    assert logs[0].name.startswith("engine-20231114-221320-")
