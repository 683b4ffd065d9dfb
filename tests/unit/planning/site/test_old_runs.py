from __future__ import annotations

from phoenix_providers.planning.site.old_runs import of_old_runs

RUNS = [1795957484399618681, 1795957532601096714, 1795957592987977908]


def test_all_files_of_the_oldest_runs_and_of_no_other_stack() -> None:
    history = [f"prod-{run}.{kind}.json" for run in RUNS for kind in ("history", "checkpoint")]
    others = [
        "prod-2-1795957484399618681.history.json",
        "test-1795957484399618681.history.json",
        "notes.json",
        "prod.json",
    ]
    assert of_old_runs("prod", [*history, *others], 2) == (
        "prod-1795957484399618681.checkpoint.json",
        "prod-1795957484399618681.history.json",
    )
    assert of_old_runs("prod", [*history, *others], 3) == ()


def test_copies_packed_ones_and_metadata() -> None:
    names = [f"prod.{run}.json{end}" for run in RUNS for end in ("", ".gz", ".attrs")]
    assert of_old_runs("prod", names, 1) == tuple(sorted(names[:6]))
