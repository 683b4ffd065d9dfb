"""Reads one file of the configuration into data with places, or into a problem."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from phoenix_providers.models.files.json_reader import read_json
from phoenix_providers.models.files.parsed_text import DuplicateKey, FormatError, ParsedText
from phoenix_providers.models.files.positions import Document, path_text, without_blanks
from phoenix_providers.models.files.yaml_reader import read_yaml
from phoenix_providers.models.location import Location
from phoenix_providers.models.problem import Problem, Severity


class Reading(NamedTuple):
    """A document, or None with the problem that says why not; warnings come with a document."""

    document: Document | None
    problems: tuple[Problem, ...] = ()


def read_text(file: Path, stack: str = "") -> str | Problem:
    """Return a file's text without a byte order mark, or the problem that keeps it from being read."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Problem(
            f"{file.name} is not text in UTF-8",
            Location(file),
            seen=f"the byte 0x{error.object[error.start]:02x} at offset {error.start}",
            expected="UTF-8, the encoding of JSON and YAML",
            next_step=f"iconv -f LATIN1 -t UTF-8 {file} > {file}.utf8, look at it, and put it in place",
            stack=stack,
        )
    except OSError as error:
        return Problem(
            f"{file.name} cannot be read",
            Location(file),
            seen=error.strerror or type(error).__name__,
            expected="a file that the user of this program may read",
            next_step=f"ls -l {file}",
            stack=stack,
        )


def parse(text: str, file: Path) -> ParsedText:
    """Parse by the file's ending; raises FormatError."""
    return read_json(text) if file.suffix.lower() == ".json" else read_yaml(text)


def read_document(file: Path, stack: str = "") -> Reading:
    """Read a JSON or YAML file whose top is a mapping."""
    text = read_text(file, stack)
    if isinstance(text, Problem):
        return Reading(None, (text,))
    if not text.strip():
        return Reading(None, (_empty(file, stack),))
    kind = "JSON" if file.suffix.lower() == ".json" else "YAML"
    try:
        parsed = parse(text, file)
    except FormatError as error:
        return Reading(None, (_broken(file, kind, error, stack),))
    except RecursionError:
        return Reading(None, (_too_deep(file, stack),))
    return _checked(file, parsed, stack)


def _checked(file: Path, parsed: ParsedText, stack: str) -> Reading:
    if parsed.data is None:
        return Reading(None, (_empty(file, stack),))
    if not isinstance(parsed.data, dict):
        problem = Problem(
            f"{file.name} has the wrong shape",
            Location(file, parsed.place.line),
            seen="a list" if isinstance(parsed.data, list) else "a single value",
            expected="a mapping (key: value) at the top",
            next_step=f"correct it at {Location(file, parsed.place.line)}",
            stack=stack,
        )
        return Reading(None, (problem,))
    data, place = without_blanks(parsed.data, parsed.place)
    warnings = [_duplicate(file, duplicate, stack) for duplicate in parsed.duplicates]
    if parsed.trailing_line is not None:
        warnings.append(_trailing(file, parsed.trailing_line, stack))
    return Reading(Document(file, data, place), tuple(warnings))


def _broken(file: Path, kind: str, error: FormatError, stack: str) -> Problem:
    return Problem(
        f"{file.name} is not valid {kind}",
        Location(file, error.line),
        seen=f"line {error.line}, column {error.column}: {error.what}",
        expected=f"valid {kind}",
        next_step=f"correct {file} at line {error.line} (the cause may stand a line earlier)",
        stack=stack,
    )


def _too_deep(file: Path, stack: str) -> Problem:
    return Problem(
        f"{file.name} is nested too deeply",
        Location(file),
        seen="hundreds of parts inside each other",
        expected="a file that a person could have written",
        next_step=f"restore {file}",
        stack=stack,
    )


def _empty(file: Path, stack: str) -> Problem:
    return Problem(
        f"{file.name} is empty",
        Location(file),
        seen="no content",
        expected="its declarations; an empty file is never read as a wish to remove everything",
        next_step=f"restore {file}, for example with git checkout -- {file}",
        stack=stack,
    )


def _duplicate(file: Path, duplicate: DuplicateKey, stack: str) -> Problem:
    return Problem(
        f"the key `{duplicate.path[-1]}` stands twice",
        Location(file, duplicate.line, path_text(duplicate.path)),
        Severity.WARNING,
        seen="the same key again; only the last one counts",
        expected="each key once",
        next_step="remove the one that is not meant",
        stack=stack,
    )


def _trailing(file: Path, line: int, stack: str) -> Problem:
    return Problem(
        f"{file.name} goes on after the end of its JSON value",
        Location(file, line),
        Severity.WARNING,
        seen=f"more text from line {line} on; it does not count",
        expected="nothing after the closing bracket",
        next_step="remove it, or mend the bracket that closes too early",
        stack=stack,
    )
