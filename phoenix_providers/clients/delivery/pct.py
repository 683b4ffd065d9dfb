"""Delivery into a container without an SSH server of its own, through the Proxmox host: `pct push` and `pct exec`."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

import asyncssh

from phoenix_providers.clients.delivery.ssh_connection import SshHost
from phoenix_providers.clients.delivery.target import TRAEFIK, decoded, missing_folder, unfinished
from phoenix_providers.errors import MissingFolderError, ProductError, UnreachableError
from phoenix_providers.models.consumer import Consumer

# What a script says first, so that no other output and no exit code of `pct` can be taken for an answer.
_DONE, _PRESENT = b"phoenix: done\n", b"phoenix: present\n"
_ABSENT, _NO_FOLDER = b"phoenix: absent\n", b"phoenix: none\n"

# Scripts run in the container, with the folder and file names as arguments; busybox is enough for them.
_CHECK = 'if [ ! -d "$1" ]; then echo "phoenix: none"; else : >"$2" && rm -f "$2" && echo "phoenix: done"; fi'
_READ = (
    'if [ ! -d "$1" ]; then echo "phoenix: none";'
    ' elif [ -e "$2" ]; then echo "phoenix: present" && cat "$2"; else echo "phoenix: absent"; fi'
)
_MOVE = (
    'if [ -e "$2" ]; then chown "$(stat -c %u:%g "$2")" "$1" && chmod "$(stat -c %a "$2")" "$1"; fi'
    ' && { sync "$1" 2>/dev/null || sync; } && mv -f "$1" "$2" && echo "phoenix: done"'
)
_REMOVE = 'if [ ! -d "$1" ]; then echo "phoenix: none"; else rm -f "$2" "$3" && echo "phoenix: done"; fi'
_NEIGHBOURS = (
    'echo "phoenix: done"; cd "$1" && find . \\( -type f -o -type l \\)'
    " \\( -iname '*.yml' -o -iname '*.yaml' -o -iname '*.toml' \\)"
    ' -exec sh -c \'[ ! -f "$1" ] || { printf "%s\\0" "$1"; cat "$1"; printf "\\0"; }\' sh {} \\;'
)


class PctDelivery:
    """A directory in a container of a Proxmox host: `pct://user@proxmox-host[:port]/CTID/dir`."""

    def __init__(self, host: SshHost, container: int, folder: PurePosixPath, consumer: Consumer = TRAEFIK) -> None:
        self._host = host
        self._container = container
        self._folder = folder
        self._reader = consumer

    def check(self) -> None:
        """Raise unless the directory is there and files can be put into it."""
        trial = str(unfinished(self._folder, "phoenix-check"))
        self._require_done(self._inside(_CHECK, str(self._folder), trial), "written")

    def read(self, name: str) -> str | None:
        """Return a file's text; None when the container itself says that there is no such file."""
        output = self._run(self._inside(_READ, str(self._folder), str(self._folder / name)))
        if output.startswith(_PRESENT):
            return decoded(output.removeprefix(_PRESENT))
        if output.startswith(_ABSENT):
            return None
        raise self._missing()

    def write(self, name: str, text: str) -> None:
        """Replace a file in one step: pushed beside it, moved inside the container; a lost answer is looked after."""
        new, target = str(unfinished(self._folder, name)), str(self._folder / name)
        push = f'pct push {self._container} "$t" {shlex.quote(new)} --perms 0644'
        move = self._inside(_MOVE, new, target)
        forget = self._inside('rm -f "$1"', new)
        script = (
            't=$(mktemp) && trap \'rm -f "$t"\' EXIT && cat >"$t" &&'
            f" {{ {{ {push} && {move}; }} || {{ {forget}; false; }}; }}"
        )
        try:
            self._require_done(script, "written", text.encode())
        except UnreachableError:
            if self.read(name) != text:
                raise

    def remove(self, name: str) -> None:
        """Delete a file, and what an interrupted write has left of it; "already gone" is fine."""
        files = (str(self._folder / name), str(unfinished(self._folder, name)))
        self._require_done(self._inside(_REMOVE, str(self._folder), *files), "removed")

    def other_files(self, ours: Collection[str]) -> Mapping[str, str]:
        """Return the text of every other file that Traefik loads."""
        output = self._run(self._inside(_NEIGHBOURS, str(self._folder)))
        parts = output.removeprefix(_DONE).split(b"\0")
        pairs = zip(parts[::2], parts[1::2], strict=False)
        found = {decoded(name).removeprefix("./"): decoded(content) for name, content in pairs}
        return {name: found[name] for name in sorted(found) if name not in ours}

    def _inside(self, script: str, *arguments: str) -> str:
        words = ["pct", "exec", str(self._container), "--", "sh", "-c", script, "sh", *arguments]
        return f"{shlex.join(words)} </dev/null"

    def _require_done(self, command: str, verb: str, content: bytes = b"") -> None:
        output = self._run(command, content, verb)
        if output.endswith(_NO_FOLDER):
            raise self._missing()
        if not output.endswith(_DONE):
            raise self._refused(verb, decoded(output))

    def _run(self, command: str, content: bytes = b"", verb: str = "read") -> bytes:
        async def work(connection: asyncssh.SSHClientConnection) -> asyncssh.SSHCompletedProcess:
            if content:
                return await connection.run(command, input=content, encoding=None, check=False)
            return await connection.run(command, stdin=asyncssh.DEVNULL, encoding=None, check=False)

        done = self._host.run(work)
        output, said = _bytes(done.stdout), decoded(_bytes(done.stderr))
        if done.returncode is None or done.exit_signal:
            raise self._cut()
        if done.returncode != 0:
            raise self._refused(verb, said)
        return output

    def _refused(self, verb: str, said: str) -> ProductError:
        seen = " ".join(said.split()) or "no reason given"
        what, kind = f"{self._reader.name}'s file cannot be {verb}; nothing was changed", ProductError
        if "not running" in said or "does not exist" in said:
            what, kind = f"The container {self._container} cannot be reached", UnreachableError
        return kind(
            what,
            where=f"{self._host.address}, container {self._container}, {self._folder}",
            seen=seen,
            next_step=f"{self._host.address.command} pct status {self._container}",
        )

    def _cut(self) -> UnreachableError:
        return UnreachableError(
            "The connection was cut",
            where=f"{self._host.address}, container {self._container}",
            next_step=self._host.address.command,
        )

    def _missing(self) -> MissingFolderError:
        where = f"{self._host.address}, container {self._container}, {self._folder}"
        order = f"pct exec {self._container} -- mkdir -p {shlex.quote(str(self._folder))}"
        naming = self._reader.name_another("pct://root@PROXMOX-HOST/CTID/DIRECTORY")
        return missing_folder(self._reader, where, f"{self._host.address.command} {shlex.quote(order)}", naming)


def _bytes(output: bytes | str | None) -> bytes:
    """Return what came; the connection is opened without an encoding, so it is bytes."""
    return output if isinstance(output, bytes) else b""
