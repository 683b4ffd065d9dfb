"""Variables of a stack: what its manifest gives them, as far as it arrives at Portainer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import SecretReference, StackVariable
from phoenix_providers.planning.compose.dotenv import is_taken, name_problem, value_problem
from phoenix_providers.planning.findings import Findings


def stack_variables(
    declared: Iterable[StackVariable], secrets: Collection[str], place: Callable[[int], Location], findings: Findings
) -> dict[str, str | SecretReference]:
    """Return the value of each variable by name; the last one of a name counts.

    Args:
        declared: As the manifest has them.
        secrets: Names of the secrets that are set.
        place: Finds where the variable with this index stands.
        findings: Takes what would not arrive.
    """
    variables: dict[str, str | SecretReference] = {}
    for index, variable in enumerate(declared):
        here = place(index)
        if reason := name_problem(variable.name):
            findings.error(
                f"the variable {variable.name!r} would not arrive: {reason}",
                here,
                seen=variable.name,
                expected="a name such as DB_PASSWORD",
            )
        if is_taken(variable.name):
            findings.warning(
                f"the variable {variable.name} has its value from Portainer's own environment, not from here",
                here,
                next_step="give it another name",
            )
        if "value" not in variable.model_fields_set:
            findings.warning(
                f"the variable {variable.name} has no value, so it is empty",
                here,
                next_step='give it a `value`, or {secret: NAME}; `value: ""` if empty is meant',
            )
        if variable.name in variables:
            findings.warning(f"the variable {variable.name} is defined twice; the last one counts", here)
        _check_value(variable.name, variable.value, secrets, here, findings)
        variables[variable.name] = variable.value
    return variables


def _check_value(
    name: str, value: str | SecretReference, secrets: Collection[str], place: Location, findings: Findings
) -> None:
    if isinstance(value, str):
        if reason := value_problem(value):
            findings.error(
                f"the value of {name} cannot be handed over: {reason}",
                place,
                seen="a value (not shown)",
                expected="text without it",
            )
    elif value.secret not in secrets:
        findings.error(
            f"the secret {value.secret} is not set, and the variable {name} needs it",
            place,
            seen="no phoenix:secrets." + value.secret,
            expected="a secret of the Pulumi stack",
            next_step=f"pulumi config set --secret --path 'phoenix:secrets.{value.secret}'",
        )
