"""The last word of a run: one stack that failed must not stop the others, and must not pass for success either."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.errors import (
    ConfigurationError,
    DeploymentError,
    Explanation,
    NotReadyError,
    PhoenixError,
    RevertedError,
    UnreachableError,
)
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.operations.run_scope import is_meant
from phoenix_providers.planning.stacks.cures import cure
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import DiffResult, Properties, differs, has_unknown, without_provider_key
from phoenix_providers.resources.state_only_provider import StateOnlyProvider

if TYPE_CHECKING:
    from phoenix_providers.operations.clients_of_run import ClientsOfRun


class VerdictProvider(StateOnlyProvider):
    """Fails the run with the list of what is not as declared."""

    own_id = "verdict"
    of_one_run = ("leaving", "last_word")
    stored_once = ("declared", "blocked", "failures")
    # Who failed is told in words.
    unshown = ("declared", "failures")

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Add what the firewall keeps out of a run for some targets; what a full run found of it is not its business.

        In a full run the check of the firewall tells. A preview says what it sees of images: all stacks have been
        compared by now. One for some targets, which has no gate, says what it sees of the products.
        """
        from phoenix_providers.operations.foresight import foresee
        from phoenix_providers.operations.stacks.image_foresight import foresee_images

        inputs, current = without_provider_key(news), clients_of_run.opened()
        if current is not None and not current.notes.whole_run and isinstance(inputs["failures"], Mapping):
            failures = dict(inputs["failures"])
            if "firewall-check" in failures and not has_unknown(failures["firewall-check"]):
                failures["firewall-check"] = ""
            inputs["failures"] = failures | {
                name: "\n".join(filter(None, (failures.get(name), text)))
                for name, text in current.notes.kept_out.items()
                if not has_unknown(failures.get(name))
            }
        foresight = inputs.pop("foresight", None) or {}
        if current is not None and not has_unknown([foresight, inputs["declared"]]) and foresight.get("preview"):
            products = foresight.get("products")
            # The gate, which a run for some targets leaves out, has told it in a full one.
            asked = ProductAddresses.from_input(products) if products and not current.notes.whole_run else None
            said = foresee(current, asked, {}) if asked else []
            said += foresee_images(current, [*filter(is_meant, inputs["declared"])], foresight["registries"])
            for line in (*_silent_engines(current, said), *said):
                print(line, file=sys.stderr)
        return CheckResult(inputs, [])

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Look again whenever anything failed, now or in the last run."""
        changes = bool(_failures(olds)) or differs(olds, news, ("declared", "blocked", "failures"))
        return DiffResult(changes=changes or bool(_failures(news)))

    def settled(self, _olds: Properties, news: Properties) -> Properties:
        """Judge the run."""
        _judge(news)
        return without_provider_key(news)


def _silent_engines(current: ClientsOfRun, told: Sequence[str]) -> list[str]:
    """Say who did not answer when stacks were looked at, once for all of them; it may be told already."""
    found: dict[str, list[str]] = {}
    for name, text in sorted(current.notes.silent_engines.items()):
        if is_meant(name) and not any(text.partition("\n")[0] in line for line in told):
            found.setdefault(text, []).append(name)
    failing = "could not be looked at, and a run would fail for it"
    return [f"{', '.join(names)} {failing}: {text}" for text, names in found.items()]


class Verdict(PhoenixResource, module="phoenix", name="Verdict"):
    """Declared last.

    Args:
        name: Resource name.
        declared: Names of all stacks, registries and environments of this run.
        blocked: Reason by name, for stacks that the configuration itself blocks, or their routes.
        failures: Failure text by name, from the outputs of all these; "" where all is well.
        leaving: Names of everything that the run removes.
        last_word: Name of the last word that is deleted behind all these; empty if none is.
        foresight: Whether it is a `preview`, addresses of `products`, and the private `registries` of the files:
            {url, user, secret}.
        opts: Options for the engine.
    """

    def __init__(
        self,
        name: str,
        declared: Sequence[str],
        blocked: Mapping[str, pulumi.Input[str]],
        failures: Mapping[str, pulumi.Input[str]],
        leaving: Sequence[str],
        last_word: str,
        foresight: StoredProperties,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs: Properties = {"declared": sorted(declared), "blocked": dict(blocked), "failures": dict(failures)}
        inputs |= {"leaving": list(leaving), "last_word": last_word, "foresight": dict(foresight)}
        super().__init__(VerdictProvider(), name, inputs, opts)


def _failures(properties: StoredProperties) -> dict[str, str]:
    blocked, failures = properties.get("blocked", {}), properties.get("failures", {})
    return {name: text for name in sorted({*blocked, *failures}) if (text := blocked.get(name) or failures.get(name))}


def _judge(props: Properties) -> None:
    """Raise if anything failed; a run that also removes something raises at its end instead.

    The engine skips all deletions of a run in which anything raises, so one sick stack would keep what was removed
    alive for ever.
    """
    failures = {name: text for name, text in _failures(props).items() if is_meant(name)}
    if not failures:
        return
    total = sum(is_meant(name) for name in props["declared"])
    error = _error(failures, blocked=set(props.get("blocked", {})), total=total)
    # A run for some targets deletes none of what leaves.
    if props.get("leaving") and props.get("last_word") and clients_of_run.current().notes.whole_run:
        clients_of_run.current().notes.unsaid = error
        print("not all is as declared; the reasons are told once what leaves is gone", file=sys.stderr)
        return
    raise error


def _error(
    failures: Mapping[str, str], blocked: set[str], total: int
) -> ConfigurationError | NotReadyError | DeploymentError | RevertedError:
    """Put all failures into one error; of several kinds the one with the smallest exit code names it."""
    count = len(failures)
    what = f"{count} of {total} {'is' if count == 1 else 'are'} not as declared; all others are done"
    names: dict[str, list[str]] = {}
    for name, text in failures.items():
        names.setdefault(text, []).append(name)
    # One cause, such as an agent that is down, is told once.
    reasons = tuple(Explanation(f"{', '.join(same)}: {text}", next_step=cure(text)) for text, same in names.items())
    if blocked & set(failures) or _any_begins(failures, ConfigurationError):
        return ConfigurationError(what, reasons)
    if _any_begins(failures, UnreachableError):
        return NotReadyError(what, reasons)
    if all(text.startswith(f"{RevertedError.label}:") for text in failures.values()):
        return RevertedError("\n".join([what, *(reason.text() for reason in reasons)]))
    return DeploymentError(what, reasons)


def _any_begins(failures: Mapping[str, str], kind: type[PhoenixError]) -> bool:
    return any(line.startswith(f"{kind.label}:") for text in failures.values() for line in text.splitlines())
