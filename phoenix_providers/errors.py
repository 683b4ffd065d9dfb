"""The one tree of errors.

    PhoenixError
    ├── ConfigurationError      2  the files or settings are wrong; carries every problem found
    ├── UsageError              2  the command line is wrong
    ├── NotReadyError           3  a product is not ready; carries every failed check
    ├── ProductError            4  a product refused or failed
    │   ├── UnreachableError       no connection; nothing was sent
    │   │   ├── UntrustedError         its certificate is not believed, which waiting does not mend
    │   │   └── MissingFolderError     its folder is not there, which waiting does not mend either
    │   ├── UnauthorizedError      credentials were refused
    │   │   └── NoUsersYetError    the product is new; a run makes the first user
    │   ├── NotFoundError          the product says that the object does not exist
    │   ├── ConflictError          the product says that the object is busy or taken
    │   └── AmbiguousWriteError    the write may or may not have happened; look before anything else
    ├── DeploymentError         4  stacks that are not as declared when the run ends
    ├── UnsafeError             5  refused before anything was sent
    ├── GateTimeoutError        6  waited, and the bound ran out
    ├── RevertedError           7  tried, not confirmed, put back
    └── InterruptedRunError     8  stopped in the middle

Every error says what, where, what was seen, what was expected, and the next command. Only the command line prints.
The number is the exit code of `phoenix`; `label` is the word before the message on the engine's screens, from which
the exit code is found again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """The parts of a message; an empty part is left out.

    Attributes:
        what: One sentence.
        where: `file:line` for configuration, an address for a product.
        seen: What was found there.
        expected: What would have been right.
        next_step: The command or edit that repairs it.
    """

    what: str
    where: str = ""
    seen: str = ""
    expected: str = ""
    next_step: str = ""

    def text(self) -> str:
        """Return the message as the user reads it, one part a line."""
        labelled = (
            ("at", self.where),
            ("seen", self.seen),
            ("expected", self.expected),
            ("next", self.next_step),
        )
        return "\n".join([self.what, *(f"  {label + ':':<10}{part}" for label, part in labelled if part)])


class PhoenixError(Exception):
    """Root of all errors that a user may meet."""

    exit_code = 4
    label = "failed"

    def __init__(self, what: str, *, where: str = "", seen: str = "", expected: str = "", next_step: str = "") -> None:
        self.explanation = Explanation(what, where, seen, expected, next_step)
        super().__init__(self.explanation.text())


class _SeveralReasons(PhoenixError):
    """An error with several reasons of equal rank, all shown."""

    def __init__(self, what: str, reasons: tuple[Explanation, ...]) -> None:
        self.reasons = reasons
        super().__init__("\n".join([what, *(reason.text() for reason in reasons)]))


class ConfigurationError(_SeveralReasons):
    """The files or settings are wrong."""

    exit_code = 2
    label = "configuration"


class UsageError(PhoenixError):
    """The command line is wrong."""

    exit_code = 2
    label = "usage"


class NotReadyError(_SeveralReasons):
    """Products are not ready; carries every failed check."""

    exit_code = 3
    label = "not ready"


class ProductError(PhoenixError):
    """A product refused or failed."""

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        seen: str = "",
        expected: str = "",
        next_step: str = "",
        status: int | None = None,
    ) -> None:
        super().__init__(what, where=where, seen=seen, expected=expected, next_step=next_step)
        self.status = status


class UnreachableError(ProductError):
    """No connection, so nothing was sent. Never to be read as "absent"."""

    exit_code = 3
    label = "not reachable"


class UntrustedError(UnreachableError):
    """The product's certificate is not believed; nothing was sent, and waiting does not mend it."""


class MissingFolderError(UnreachableError):
    """A folder to deliver into is not there; what has answered says so itself, and waiting does not mend it."""


class UnauthorizedError(ProductError):
    """The product refused the credentials."""

    exit_code = 3
    label = "not authorized"


class NoUsersYetError(UnauthorizedError):
    """The product is new and knows nobody; a full run makes its first user."""


class NotFoundError(ProductError):
    """The product itself says that the object does not exist."""


class ConflictError(ProductError):
    """The object is busy or its name is taken."""


class AmbiguousWriteError(ProductError):
    """The write may or may not have happened; whoever catches this looks before it does anything else.

    Attributes:
        began: Whether the answer had begun to come.
    """

    began = False


class DeploymentError(_SeveralReasons):
    """Stacks that are not as declared when the run ends."""

    label = "not as declared"


class UnsafeError(PhoenixError):
    """Refused before anything was sent."""

    exit_code = 5
    label = "refused"


class GateTimeoutError(_SeveralReasons):
    """Waited for something, and the bound ran out; carries what was seen last."""

    exit_code = 6
    label = "timed out"


class RevertedError(PhoenixError):
    """Tried, not confirmed, put back."""

    exit_code = 7
    label = "reverted"


class InterruptedRunError(PhoenixError):
    """Stopped in the middle."""

    exit_code = 8
    label = "interrupted"


def labels() -> Mapping[str, int]:
    """Return the exit code of every label."""

    def kinds(kind: type[PhoenixError]) -> list[type[PhoenixError]]:
        return [kind, *(deeper for child in kind.__subclasses__() for deeper in kinds(child))]

    return {kind.label: kind.exit_code for kind in kinds(PhoenixError)}
