"""What is offered at once, without loading the command: names of the site, and words of command groups.

Everything else, options above all, is offered by the command line library, which loads the command for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from phoenix_providers.cli.shell_completion.names import SiteNames, site_names

VARIABLE = "_PHOENIX_COMPLETE"
# Words behind a command group. A test compares them with the commands.
GROUPS: Mapping[tuple[str, ...], Mapping[str, str]] = {
    ("sync",): {"all": "everything", "stack": "one stack and its routes"},
    ("lab",): {"up": "start it", "down": "stop it", "status": "whether it runs"},
    ("state",): {"prune": "remove what old runs left", "release": "release it from a run that was killed"},
    ("completion",): {"bash": "", "zsh": "", "fish": ""},
}
_STACK_OPTION = "--stack"
# Whose option of that name means something else.
_OTHER_STACKS = frozenset({"lab", "init"})
_TO = "to"


def answer(group: click.Group, instruction: str) -> bool:
    """Answer a shell's question, if that is possible at once.

    Args:
        group: The `phoenix` command.
        instruction: What the shell's script asks for, such as `bash_complete`.
    """
    shell, _, what = instruction.partition("_")
    kind = get_completion_class(shell)
    if kind is None or what != "complete":
        return False
    asked = kind(group, {}, "phoenix", VARIABLE)
    try:
        words, begun = asked.get_completion_args()
        offered = offers(words, begun, site_names)
    except (KeyError, ValueError, OSError):
        return False
    if offered is None:
        return False
    for item in offered:
        click.echo(asked.format_completion(item))
    return True


def offers(words: Sequence[str], begun: str, names: Callable[[Path], SiteNames]) -> Sequence[CompletionItem] | None:
    """Return what fits behind the words so far; None where only the command itself knows.

    Args:
        words: Those behind `phoenix`.
        begun: The beginning of the next one.
        names: Reads the names of the site around a folder.
    """
    if words and words[-1] == _STACK_OPTION and words[0] not in _OTHER_STACKS:
        return _fitting(dict.fromkeys(names(Path.cwd()).pulumi_stacks, ""), begun)
    if begun.startswith("-"):
        return None
    plain = _without_stack_option(words)
    if plain is None:
        return None
    if tuple(plain) in GROUPS:
        return _fitting(GROUPS[tuple(plain)], begun)
    for command, behind in _ARGUMENTS.items():
        if tuple(plain[: len(command)]) == command:
            return _fitting(behind(plain[len(command) :], names(Path.cwd())), begun)
    return None


def _without_stack_option(words: Sequence[str]) -> list[str] | None:
    """Return the words without options; None where it is not known which of them take a value."""
    plain: list[str] = []
    is_value = False
    for word in words:
        if is_value:
            is_value = False
        elif word == _STACK_OPTION:
            is_value = True
        elif not word.startswith("-"):
            plain.append(word)
        elif word not in _SWITCHES:
            return None
    return plain


def _any_name(words: Sequence[str], site: SiteNames) -> Mapping[str, str]:
    """Offer one stack or guest."""
    return _stack_or(site.guests, words, site)


def _routed_name(words: Sequence[str], site: SiteNames) -> Mapping[str, str]:
    """Offer one stack, or a guest with a route: of another one nothing can be followed."""
    return _stack_or({name: number for name, number in site.guests.items() if name in site.routed}, words, site)


def _stack_or(guests: Mapping[str, str], words: Sequence[str], site: SiteNames) -> Mapping[str, str]:
    if words:
        return {}
    stacks = {name: f"stack on {', '.join(vms)}" for name, vms in site.stacks.items()}
    several = {
        f"{name}@{number}": vm for name, vms in site.stacks.items() if len(vms) > 1 for number, vm in vms.items()
    }
    return {**{name: f"guest {number}" for name, number in guests.items()}, **stacks, **several}


def _stack_to_vm(words: Sequence[str], site: SiteNames) -> Mapping[str, str]:
    """Offer a stack, the word `to`, and the VMs that list it."""
    match list(words):
        case []:
            return {name: f"on {', '.join(vms)}" for name, vms in site.stacks.items()}
        case [_]:
            return {_TO: ""}
        case [name, word] if word.lower() == _TO:
            return site.stacks.get(name, {})
        case _:
            return {}


# Switches that may stand in between.
_SWITCHES = frozenset({"--preview", "--yes", "--json", "--watch", "--diff", "--markdown", "--detailed-exitcode"})
# Commands with a NAME behind them.
_ARGUMENTS: Mapping[tuple[str, ...], Callable[[Sequence[str], SiteNames], Mapping[str, str]]] = {
    ("sync", "stack"): _stack_to_vm,
    ("plan",): _any_name,
    ("check",): _routed_name,
    ("why",): _any_name,
}


def _fitting(offered: Mapping[str, str], begun: str) -> list[CompletionItem]:
    return [CompletionItem(word, help=text or None) for word, text in sorted(offered.items()) if word.startswith(begun)]
