"""Whether what the state says of Portainer is about the data that Portainer has now."""

from __future__ import annotations

from phoenix_providers.clients.portainer.session import PortainerSession

OTHER_DATA = "Portainer was set up anew since the last run, and knows nothing of it"


def is_of_other_data(instance: object, session: PortainerSession) -> bool:
    """Whether numbers that belong to an instance mean something else by now.

    A state of an earlier version knows no instance, and an unknown one contradicts nothing.

    Raises:
        ProductError: Portainer does not say which it is.
    """
    return bool(instance) and bool(session.instance) and instance != session.instance
