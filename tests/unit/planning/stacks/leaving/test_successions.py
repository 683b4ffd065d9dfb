"""Who takes whose place, what stays behind, and who has to make room."""

from __future__ import annotations
