"""What a run for some targets asks of the firewall reaches this process through the inputs of its resources."""

from __future__ import annotations

from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.firewall.question import FirewallQuestion
from phoenix_providers.resources.provider import Properties, has_unknown


def take_question(inputs: Properties) -> None:
    """Take what is asked of the firewall out of a resource's inputs: it is for this process alone."""
    question, connections = inputs.pop("firewall", None), clients_of_run.opened()
    if connections is not None and not has_unknown(question) and question and question.get("proxmox"):
        connections.notes.scoped_question = FirewallQuestion.from_input(question)
