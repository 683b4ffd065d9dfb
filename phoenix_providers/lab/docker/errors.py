"""The two ways in which the Docker side says no."""

from __future__ import annotations


class DockerError(Exception):
    """The engine refuses a request; Docker's own error body is `{"message": ...}`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class ComposeError(Exception):
    """Compose gives up; the text is what it prints, progress lines included; `cause` is the last of it."""

    def __init__(self, cause: str, progress: str = "") -> None:
        super().__init__(f"{progress}\n{cause}" if progress else cause)
        self.cause = cause
