"""What a run for some targets asks of the firewall reaches this process through the inputs of its resources."""

from __future__ import annotations

from typing import Any

from phoenix_providers.operations import clients_of_run
from phoenix_providers.resources.provider import has_unknown


def take_question(inputs: dict[str, Any]) -> None:
    """Take what is asked of the firewall out of a resource's inputs: it is for this process alone.

    That is what `look_ahead` wants, with `allowed`, the `places` of missing rules, and `of`: names of connections by
    stack.
    """
    question, connections = inputs.pop("firewall", None), clients_of_run.opened()
    if question and connections is not None and not has_unknown(question):
        connections.scoped_question = question
