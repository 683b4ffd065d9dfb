"""For all tests."""

from __future__ import annotations

from hypothesis import settings

# How long one example takes says more about the machine than about the code.
# The same examples every time: a fault that one run in a hundred finds would fail somebody else's change.
settings.register_profile("phoenix", deadline=None, derandomize=True)
settings.load_profile("phoenix")
