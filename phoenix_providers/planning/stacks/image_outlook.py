"""What a preview says of the images of stacks that are new, or have new ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from phoenix_providers.errors import DeploymentError, Explanation
from phoenix_providers.planning.stacks.cures import cure

_MOST_NAMES = 6


@dataclass(frozen=True)
class ImageFinding:
    """One image of one stack that is not known to be had.

    Attributes:
        refusal: Why it will not be had; empty if nobody could tell.
        unclear: Why nobody could tell.
    """

    stack: str
    image: str
    refusal: str = ""
    unclear: str = ""


def image_outlook(findings: Iterable[ImageFinding]) -> list[str]:
    """Return what to say: in the words of `up` what it will refuse, and in one line what nobody could tell."""
    findings = list(findings)
    reasons: dict[str, list[str]] = {}
    for one in findings:
        if one.refusal:
            reasons.setdefault(one.stack, []).append(one.refusal)
    stacks: dict[str, list[str]] = {}
    for name, several in reasons.items():
        stacks.setdefault("not sent: " + "\n".join(dict.fromkeys(several)), []).append(name)
    lines = [_refusal(text, names) for text, names in stacks.items()]
    unclear = [one for one in findings if one.unclear]
    if unclear:
        told = [_unclear(reason, unclear) for reason in dict.fromkeys(one.unclear for one in unclear)]
        lines.append(
            f"not verified, whether these images can be had: {'; '.join(told)}. The run finds out before it sends "
            "a stack"
        )
    return lines


def _refusal(text: str, names: Iterable[str]) -> str:
    said = Explanation(f"a run would refuse {', '.join(names)}: {text}", next_step=cure(text))
    return f"{DeploymentError.label}: {said.text()}"


def _unclear(reason: str, findings: Iterable[ImageFinding]) -> str:
    about = [one for one in findings if one.unclear == reason]
    return f"{_some(one.image for one in about)} of {_some(one.stack for one in about)} ({reason})"


def _some(names: Iterable[str]) -> str:
    known = list(dict.fromkeys(names))
    more = len(known) - _MOST_NAMES
    return ", ".join(known[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
