"""What to do about a stack or environment that is not as declared, where its own text does not say it."""

from __future__ import annotations

import re

_AGAIN = "then run the same command again"
_NOT_FETCHED = re.compile(r"the image (\S+) (?:cannot be|was not) pulled")
_NEVER_FETCHED = re.compile(r"the image (\S+) is not there, and pull_policy is never")
_NOT_RUNNING = re.compile(r"\b(?:is|are) (?:exited|unhealthy|restarting|dead|starting)\b")


def cure(text: str) -> str:
    """Return the next step; empty where the text has one already."""
    if "next:" in text:
        return ""
    if found := _NOT_FETCHED.search(text):
        return (
            f"docker pull {found[1]}   (on its VM; it shows the same)\n            correct the image in the compose "
            f"file, or name its registry in the site file (registries), {_AGAIN}"
        )
    if found := _NEVER_FETCHED.search(text):
        return f"bring {found[1]} to its VM, or leave pull_policy out, {_AGAIN}"
    if _NOT_RUNNING.search(text):
        return f"docker logs CONTAINER   (on its VM); mend the files, {_AGAIN}"
    return f"mend what it says, {_AGAIN}"
