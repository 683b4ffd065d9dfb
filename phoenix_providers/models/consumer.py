"""Who reads the files that are delivered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Consumer:
    """Who reads the files of a folder, in the words of messages.

    Attributes:
        folder: What the folder is to it.
        expected: What it should be.
        setting: How to name another folder, with `{}` for it.
    """

    name: str
    folder: str
    expected: str
    setting: str

    def name_another(self, form: str) -> str:
        """Say how to name another folder."""
        return self.setting.format(form)

    @property
    def places(self) -> str:
        """Say how to name a folder, wherever it is."""
        forms = (
            ("", "DIRECTORY", "a directory of this computer"),
            ("or: ", "ssh://root@HOST/DIRECTORY", "of another computer"),
            ("or: ", "pct://root@PROXMOX-HOST/CTID/DIRECTORY", "of a container without an SSH server"),
        )
        return "\n            ".join(f"{word}{self.name_another(form)}   ({what})" for word, form, what in forms)
