"""The event log is read while the engine writes it."""

from __future__ import annotations

from pathlib import Path

from phoenix_providers.cli.engine.event_log import EventLog


def test_each_event_comes_once_and_whole(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    log = EventLog(file)
    assert log.new() == []
    file.write_text('{"a": 1}\n{"b"')
    assert log.new() == [{"a": 1}]
    assert log.new() == []
    with file.open("a") as more:
        more.write(': 2}\n\n{"c": 3}\n')
    assert log.new() == [{"b": 2}, {"c": 3}]


def test_a_killed_engine_leaves_half_a_line(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"a": 1}\n{"b": ')
    assert EventLog(file).new() == [{"a": 1}]


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b'{"a": 1}\n\xff\xfe{"b\n42\n"half"\n{"c": 3}\n')
    assert EventLog(file).new() == [{"a": 1}, {"c": 3}]
