"""The settings of the Pulumi stack, as far as they can be read: by the engine, else from their files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.errors import ConfigurationError, Explanation, PhoenixError, UsageError
from phoenix_providers.models.files.reading import read_document
from phoenix_providers.models.raw_settings import NAMESPACE
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.planning.doctor.finding import Finding, from_error, ok, reasons_of, trouble

_OURS = f"{NAMESPACE}:"


@dataclass
class ReadSettings:
    """What could be read.

    Attributes:
        values: By full names.
        has_secrets: Whether secrets are among them.
        sources: Where they are from, in words.
        problems: Why it is not all.
    """

    values: dict[str, str] = field(default_factory=dict)
    has_secrets: bool = False
    sources: str = ""
    problems: list[PhoenixError] = field(default_factory=list)


def own_settings(case: Case, engine: Engine) -> Finding:
    """Read the settings, and let the others work from what is right of them."""
    read = _read(engine)
    case.raw, case.has_secrets = read.values, read.has_secrets
    ours = {key.removeprefix(_OURS): value for key, value in read.values.items() if key.startswith(_OURS)}
    settings, faults = _right_of_it(ours)
    try:
        case.settings = settings.resolve(engine.project)
    except UsageError:
        case.settings = settings
    case.open()
    if not read.problems and not faults:
        return ok(f"{read.sources}: {len(read.values)} settings")
    reasons = [reason for error in read.problems for reason in reasons_of(error)] + list(faults)
    first = from_error(read.problems[0]).seen if read.problems else _counted(len(faults))
    return trouble(UsageError, first, *reasons)


def _counted(number: int) -> str:
    return "1 setting is wrong" if number == 1 else f"{number} settings are wrong"


def _read(engine: Engine) -> ReadSettings:
    try:
        root = engine.project
    except UsageError as error:
        return ReadSettings(problems=[error])
    try:
        values = dict(engine.configuration())
        return ReadSettings(values, has_secrets=True, sources=f"Pulumi stack {engine.stack_name}")
    except (PhoenixError, ValueError) as error:
        why = (
            error
            if isinstance(error, PhoenixError)
            else UsageError("Pulumi's answer cannot be read", seen=str(error), next_step="pulumi config --json")
        )
    try:
        # Without the secrets nobody needs a passphrase.
        values = dict(engine.configuration(secrets=False))
        return ReadSettings(values, sources=f"Pulumi stack {engine.stack_name}", problems=[why])
    except (PhoenixError, ValueError):
        return _of_files(root, why)


def _of_files(root: Path, why: PhoenixError) -> ReadSettings:
    """Read the project's file and, where there is one alone, that of a stack."""
    found = ReadSettings(problems=[why])
    files = [root / "Pulumi.yaml"]
    stacks = sorted(root.glob("Pulumi.*.yaml"))
    if len(stacks) == 1:
        files += stacks
        if isinstance(why, UsageError) and "selected" in str(why):
            name = stacks[0].name.removeprefix("Pulumi.").removesuffix(".yaml")
            found.problems = [_not_selected(why, name)]
    for file in files:
        document, problems = read_document(file)
        found.problems += [
            ConfigurationError("The settings cannot be read", (problem.explanation(),)) for problem in problems
        ]
        declared = document.data.get("config") if document else None
        found.values |= _plain(declared if isinstance(declared, dict) else {})
    found.sources = " and ".join(file.name for file in files)
    return found


def _not_selected(why: UsageError, name: str) -> UsageError:
    seen = why.explanation.seen
    step = f"pulumi stack select {name}   (not there yet: pulumi stack init {name})"
    return UsageError("No Pulumi stack is selected", seen=seen, next_step=step)


def _plain(declared: Mapping[str, object]) -> dict[str, str]:
    """Return settings without secrets, as texts."""
    found = {}
    for key, value in declared.items():
        if isinstance(value, dict):
            if "secure" in value:
                continue
            value = value.get("value", value.get("default", _open(value)))
        found[str(key)] = value if isinstance(value, str) else json.dumps(value)
    return found


def _open(value: Mapping[str, object]) -> dict[str, object]:
    return {key: one for key, one in value.items() if not (isinstance(one, dict) and "secure" in one)}


def _right_of_it(raw: Mapping[str, str]) -> tuple[Settings, tuple[Explanation, ...]]:
    """Return the settings without those that are wrong, and what is wrong with these."""
    try:
        return Settings.from_raw(raw), ()
    except ConfigurationError as error:
        wrong = {reason.where.removeprefix(_OURS).partition(".")[0] for reason in error.reasons}
        try:
            return Settings.from_raw({key: value for key, value in raw.items() if key not in wrong}), error.reasons
        except ConfigurationError:
            return Settings(), error.reasons
