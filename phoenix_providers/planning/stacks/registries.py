"""Private registries of images, and which stacks use them."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.image_name import registry_of
from phoenix_providers.models.registry import PrivateRegistry
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.site_plan import RegistryPlan
from phoenix_providers.planning.stacks.derived_stack import DerivedStack


def registries(
    configuration: Configuration, derived: Sequence[DerivedStack], findings: Findings
) -> tuple[RegistryPlan, ...]:
    """Return all registries in file order; what is wrong with one concerns the site, since many stacks may need it."""
    declared = configuration.site.registries
    for index, registry in enumerate(declared):
        _check(configuration, registry, index, findings)
    return tuple(_plan(registry, derived) for registry in declared)


def _plan(registry: PrivateRegistry, derived: Sequence[DerivedStack]) -> RegistryPlan:
    users = [
        stack
        for stack in derived
        if not stack.bootstrap and any(registry_of(image) == registry.url for image in stack.images)
    ]
    return RegistryPlan(
        registry.name,
        registry.url,
        registry.user,
        registry.password.secret,
        tuple(stack.resource_name for stack in users),
        tuple(dict.fromkeys(stack.vm.vmid for stack in users)),
    )


def _check(configuration: Configuration, registry: PrivateRegistry, index: int, findings: Findings) -> None:
    secret = registry.password.secret
    if secret not in configuration.settings.secrets:
        findings.error(
            f"the secret {secret} is not set, and the registry {registry.name} needs it",
            configuration.locate("site", "registries", index, "password"),
            seen="no phoenix:secrets." + secret,
            expected="its password or access token as a secret of the Pulumi configuration",
            next_step=f"pulumi config set --secret --path 'phoenix:secrets.{secret}'",
        )
    before = configuration.site.registries[:index]
    if any(other.name == registry.name for other in before):
        findings.error(
            f"two registries have the name {registry.name}",
            configuration.locate("site", "registries", index, "name"),
            seen=registry.name,
            expected="a name of its own for each registry",
            next_step="rename one of them",
        )
    if any(other.url == registry.url for other in before):
        findings.error(
            f"two registries have the address {registry.url}",
            configuration.locate("site", "registries", index, "url"),
            seen=registry.url,
            expected="one: Docker keeps one sign-in for a host",
            next_step="remove one of them",
        )
