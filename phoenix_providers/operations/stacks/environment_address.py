"""Whether the environment of a stack leads where the files say: a run for one stack does not touch environments."""

from __future__ import annotations

from phoenix_providers.errors import ProductError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.operations.clients_of_run import PortainerAccess
from phoenix_providers.operations.stacks.environment_lookup import by_id, full_url, is_local


def check_address(access: PortainerAccess, stack: StoredProperties) -> None:
    """Look before anything is sent; `environment_urls` are those that lead to the stack's VM, empty to take any.

    Raises:
        ProductError: The environment leads to another engine by now, where a stack of the same name may run.
    """
    expected = [full_url(str(url)) for url in stack.get("environment_urls") or () if url and not is_local(url)]
    found = by_id(access.environments.all(), int(stack["environment_id"])) if expected else None
    if found is not None and full_url(found.url) not in expected:
        raise ProductError(
            f"Portainer's environment {found.name} leads to another place than it did, so nothing was sent",
            where=f"environment {found.id}",
            seen=full_url(found.url),
            expected=" or ".join(dict.fromkeys(expected)),
            next_step="phoenix sync all   (it puts the address back before the stacks)",
        )
