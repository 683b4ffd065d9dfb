"""Examples of every command, shown behind its help; a test parses each of them."""

from __future__ import annotations

from collections.abc import Mapping

import click

# By command, without `phoenix`: what to type, and what it is good for.
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "demo": {
        "phoenix demo": "bring the example site up, show it, take it down",
        "phoenix demo --keep": "leave its folder behind to look at",
    },
    "lab": {
        "phoenix lab up": "start it, with the example site to play with",
        "phoenix lab down --forget": "stop it, and remove everything",
    },
    "lab up": {
        "phoenix lab up": "the example site",
        "phoenix lab up --site ~/home-lab": "a copy of your own",
    },
    "lab down": {"phoenix lab down": "stop it; it goes on later", "phoenix lab down --forget": "and remove everything"},
    "lab status": {"phoenix lab status": "whether it runs, and where"},
    "init": {
        "phoenix init ~/home-lab": "a new site",
        "phoenix init ~/home-lab --from ~/phoenix": "from an old installation",
        "phoenix init grafana --stack ~/compose/grafana": "from a compose project",
    },
    "render": {
        "phoenix render": "what this project's files declare",
        "phoenix render --set gateway=10.0.0.12": "with another setting",
    },
    "graph": {
        "phoenix graph --format html -o site.html": "to search and click in",
        "phoenix graph --format html --live -o x.html": "with health, last run",
        "phoenix graph --format svg -o site.svg": "an image",
        "phoenix graph --format dot | dot -Tpdf > x.pdf": "through Graphviz",
        "phoenix graph": "Mermaid, for Markdown",
    },
    "plan": {
        "phoenix plan": "what would change",
        "phoenix plan grafana": "of one stack",
        "phoenix plan --diff": "with the texts that differ",
        "phoenix plan --detailed-exitcode": "in a script: 0 nothing, 2 changes",
        "phoenix plan --json": "for programs",
    },
    "sync": {
        "phoenix sync all": "the whole site: look, ask, do",
        "phoenix sync all --preview": "look alone",
        "phoenix sync stack grafana to 113": "one stack and its routes",
    },
    "sync all": {
        "phoenix sync all": "look, ask, do",
        "phoenix sync all --preview": "look alone",
        "phoenix sync all --yes": "in a script: do not ask",
        "phoenix sync all --allow-delete 25": "as the refusal of a mass deletion says",
    },
    "sync stack": {
        "phoenix sync stack grafana to 113": "on VM 113, with its routes",
        "phoenix sync stack grafana to 113 --preview": "look alone",
    },
    "adopt": {
        "phoenix adopt": "show what there is, ask, take it over",
        "phoenix adopt --yes --drop-foreign": "and drop what the files do not name",
    },
    "status": {
        "phoenix status": "what is not fine, and what to type next",
        "phoenix status --all": "every stack and every route",
        "phoenix status --watch": "live, until Ctrl-C",
        "phoenix status --json": "for programs",
    },
    "why": {
        "phoenix why grafana": "a stack (grafana@113 on that VM alone)",
        "phoenix why grafana.home.example": "a route or a DNS record",
        "phoenix why apps": "a guest; environment:apps for that alone",
        "phoenix why 8302@113": "the firewall rule for a port of a guest",
        "phoenix why 'SSH and Portainer'": "a firewall rule by its comment",
    },
    "check": {
        "phoenix check": "all routes",
        "phoenix check grafana": "those of one stack or guest",
        "phoenix check grafana.home.example": "that of one host name",
    },
    "doctor": {
        "phoenix doctor": "all checks, side by side",
        "phoenix doctor --json": "for programs",
        "phoenix doctor --timeout 60": "with more patience",
    },
    "state": {
        "phoenix state release": "who holds the state? release it",
        "phoenix state prune --keep 5": "keep copies of the newest five runs",
    },
    "state prune": {"phoenix state prune --keep 5": "keep copies of the newest five runs"},
    "state release": {
        "phoenix state release": "who holds it? released if that run is over",
        "phoenix state release --force": "of another computer: is its run over?",
    },
    "completion": {
        'eval "$(phoenix completion bash)"': "in ~/.bashrc",
        'eval "$(phoenix completion zsh)"': "in ~/.zshrc, behind compinit",
        "phoenix completion fish | source": "in ~/.config/fish/config.fish",
    },
    "schema": {"phoenix schema": "into this project's configuration folder"},
}


def with_examples(command: click.Command, path: str) -> click.Command:
    """Put examples behind the help of a command, and of those below it, unless it has said something there itself.

    Args:
        command: The command.
        path: Its name with those above it, without `phoenix`.
    """
    if path in EXAMPLES and not command.epilog:
        command.epilog = _text(EXAMPLES[path])
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            with_examples(below, f"{path} {name}")
    return command


def _text(examples: Mapping[str, str]) -> str:
    width = max(map(len, examples))
    lines = "\n".join(f"  {line:<{width}}   {text}" for line, text in examples.items())
    # The first line keeps the library from breaking those below it anew.
    return f"\b\nExamples:\n{lines}"
