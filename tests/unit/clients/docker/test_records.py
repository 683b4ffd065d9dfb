"""Docker's words for its objects."""

from __future__ import annotations

import struct

import pytest

from phoenix_providers.clients.docker.records import ListedContainer, plain_log


def framed(*lines: bytes) -> bytes:
    return b"".join(struct.pack(">BxxxI", 1 + index % 2, len(line)) + line for index, line in enumerate(lines))


# Ten bytes and 28 bytes: their numbers are a line feed and a separator, if one takes the headers for text.
@pytest.mark.parametrize("size", [1, 10, 13, 28, 133, 300])
def test_the_frames_of_a_log_are_taken_apart_whatever_their_length(size: int) -> None:
    line = b"x" * (size - 1) + b"\n"
    assert plain_log(framed(line, b"end\n")) == line.decode() + "end\n"


def test_a_terminal_has_no_frames() -> None:
    assert plain_log(b"one\r\ntwo\n") == "one\r\ntwo\n"


def test_a_log_that_is_cut_off_or_no_text_is_shown_as_far_as_it_goes() -> None:
    assert plain_log(framed(b"one\n", b"two\n")[:-2]) == "one\ntw"
    assert plain_log(framed(b"\xff\n")) == "\ufffd\n"
    assert plain_log(b"") == ""


def test_a_log_does_not_steer_the_readers_terminal() -> None:
    said = (
        b"\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x1b(B\x1bcbell\x07\x00\tend\r\n"
    )
    assert plain_log(framed(said)) == "red link bell\tend\r\n"


@pytest.mark.parametrize(
    ("status", "seconds"),
    [
        ("Up Less than a second", 0.0),
        ("Up 1 second", 1.0),
        ("Up 47 seconds (health: starting)", 47.0),
        ("Up About a minute", 60.0),
        ("Up 3 minutes (healthy)", 60.0),
        ("Up About an hour", 60.0),
        ("Up 2 days (Paused)", 60.0),
        ("Exited (0) 3 seconds ago", None),
        ("running", None),
    ],
)
def test_how_long_it_has_been_running_at_least(status: str, seconds: float | None) -> None:
    assert ListedContainer.from_api({"Id": "1", "Status": status}).up_seconds == seconds
