"""The two files in Traefik's directory that are ours; no other is ever written."""

from __future__ import annotations

INFRASTRUCTURE_FILE = "phoenix-infrastructure.yml"
STACKS_FILE = "phoenix-stacks.yml"
OUR_FILES = frozenset({INFRASTRUCTURE_FILE, STACKS_FILE})
