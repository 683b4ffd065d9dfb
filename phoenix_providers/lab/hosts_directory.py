"""A directory of hosts files, answered from as dnsmasq does with its option hostsdir."""

from __future__ import annotations

from pathlib import Path


class HostsDirectory:
    """Reads the files whenever it is asked, so that changes are seen at once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder

    def resolve(self, host_name: str) -> str | None:
        """Return the address of a name; the first line that has it wins."""
        wanted = host_name.rstrip(".").lower()
        for file in sorted(self.folder.iterdir()):
            if file.name.startswith(".") or file.name.endswith("~"):
                continue
            if (found := address_in(file.read_text(), wanted)) is not None:
                return found
        return None


def address_in(text: str, host_name: str) -> str | None:
    """Look a name (lower case, no dot at its end) up in the text of a hosts file."""
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        if host_name in (name.lower() for name in names):
            return address
    return None
