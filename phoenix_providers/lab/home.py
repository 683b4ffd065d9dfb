"""Where a lab lives: one folder, with the stand-ins' state, a site of its own and the engine's state."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class LabHome:
    """The folders of one lab; whoever removes `folder` has removed all of it."""

    folder: Path

    @classmethod
    def default(cls) -> LabHome:
        """Return the place of the user's own lab: `$PHOENIX_LAB`, else below `$XDG_STATE_HOME`."""
        if chosen := os.environ.get("PHOENIX_LAB"):
            return cls(Path(chosen).expanduser().resolve())
        state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
        return cls(Path(state).expanduser() / "phoenix-sync" / "lab")

    @property
    def products(self) -> Path:
        """State of the stand-ins and of Traefik."""
        return self.folder / "products"

    @property
    def site(self) -> Path:
        """The site to play with: Pulumi.yaml, settings and configuration files."""
        return self.folder / "site"

    @property
    def bin(self) -> Path:
        """Where the lab's own Pulumi folder has the Proxmox plugin: here it is the stand-in.

        The engine takes it from there without a word; one on PATH it would warn of in every run.
        """
        return self.folder / "pulumi" / "plugins" / f"resource-proxmoxve-v{version('pulumi_proxmoxve')}"

    @property
    def shell(self) -> Path:
        """A file to `source`: everything that a terminal needs."""
        return self.folder / "env.sh"

    def environment(self) -> dict[str, str]:
        """Return the variables with which the engine works in this lab and nowhere else."""
        return {
            "PULUMI_HOME": str(self.folder / "pulumi"),
            # Without `metadata=skip` an engine that is killed in the wrong moment leaves an empty file of metadata
            # beside the state, and then no engine reads the state any more.
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}?metadata=skip",
            # What runs leave on this computer: two labs have projects and stacks of the same names.
            "XDG_STATE_HOME": str(self.folder / "runs"),
            # The lab's secrets are made up for it and lie beside this value.
            "PULUMI_CONFIG_PASSPHRASE": "lab",
        }
