"""What is said of a key, an entry or a list with nothing behind it."""

from __future__ import annotations

from phoenix_providers.models.files.blanks import Blank
from phoenix_providers.models.files.positions import Document
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.models.location import Location
from phoenix_providers.models.problem import Problem, Severity


def blank_problem(blank: Blank, document: Document, stack: str, *, lenient: bool) -> Problem | None:
    """Return it; None where nothing is wrong.

    Args:
        blank: Not an unknown key.
        document: Where it stands.
        stack: To which it belongs; empty for the site.
        lenient: Whether it is a file in which `null` is how people say that there is none: an existing file, or JSON,
            which has no lines that are commented out.
    """
    location = _location(blank, document)
    name = f"`{location.path}`"
    match blank.kind:
        case "said nothing":
            return _said_nothing(name, location, stack)
        case "part":
            return None if lenient else _part(blank, name, location, stack)
        case "list" | "map":
            return _none_left(blank, name, location, stack, lenient=lenient)
        case "entry of a list" | "entry of a map":
            return None if lenient and blank.model is FirewallRule else _entry(blank, name, location, stack)
    return None if lenient and blank.empty_text else _key(blank, name, location, stack, lenient=lenient)


def _location(blank: Blank, document: Document) -> Location:
    if blank.kind == "said nothing":
        return document.locate(*blank.path)
    if blank.empty_text:
        return document.locate(*blank.path, blank.step)
    return document.locate_blank(blank.path, blank.step)


def _key(blank: Blank, name: str, location: Location, stack: str, *, lenient: bool) -> Problem:
    without = blank.model.without.get(str(blank.step))
    what = f"{name} has a text behind it that says nothing" if blank.empty_text else f"{name} has nothing behind it"
    return Problem(
        f"{what}, so it counts as left out" if lenient else what,
        location,
        Severity.WARNING if lenient else Severity.ERROR,
        seen="an empty text" if blank.empty_text else f"`{blank.step}` without a value",
        expected=f"a value; without this key {without}" if without else "a value",
        next_step=f"write what is meant at {location}" + (", or take the key out if that is it" if without else ""),
        stack=stack,
    )


def _none_left(blank: Blank, name: str, location: Location, stack: str, *, lenient: bool) -> Problem:
    what = "rules" if blank.model is FirewallRule else "entries"
    none = f"`{blank.step}: {'[]' if blank.kind == 'list' else '{}'}`"
    return Problem(
        f"{name} has nothing behind it, so there are no {what}" if lenient else f"{name} has nothing behind it",
        location,
        Severity.WARNING if lenient else Severity.ERROR,
        seen=f"`{blank.step}` without {what}",
        expected=f"{what}, or {none} for none: then those that earlier runs wrote are deleted",
        next_step=f"write {none} at {location} if there shall be none",
        stack=stack,
    )


def _part(blank: Blank, name: str, location: Location, stack: str) -> Problem:
    return Problem(
        f"{name} has nothing behind it, so nothing of it is declared",
        location,
        Severity.WARNING,
        seen="a key with nothing below it",
        expected=f"what it shall be, or no such key: then {blank.model.when_absent}",
        next_step=f"write what is meant at {location}, or take the key out",
        stack=stack,
    )


def _entry(blank: Blank, name: str, location: Location, stack: str) -> Problem:
    in_list = blank.kind == "entry of a list"
    return Problem(
        f"{name} has nothing {'in' if in_list else 'behind'} it",
        location,
        seen="an empty entry" if in_list else f"the name `{blank.step}` alone",
        expected=blank.model.entry,
        next_step=f"write it at {location}, or take the entry out",
        stack=stack,
    )


def _said_nothing(name: str, location: Location, stack: str) -> Problem:
    return Problem(
        f"{name} is a rule that says nothing, so it would accept everything from everywhere",
        location,
        seen="neither `action` nor any condition",
        expected="at least `action`",
        next_step=f"write what is meant at {location}, or take the rule out",
        stack=stack,
    )
