"""SSH: one connection for one piece of work, with time limits, a checked host key, and errors that say what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import asyncssh

from phoenix_providers.errors import PhoenixError, ProductError, UnauthorizedError, UnreachableError

Result = TypeVar("Result")
_CONNECT_SECONDS = 10.0
_DEFAULT_PORT = 22
_KNOWN_HOSTS = (Path("~/.ssh/known_hosts"), Path("/etc/ssh/ssh_known_hosts"))


@dataclass(frozen=True)
class SshAddress:
    """`user@host[:port]`; no port means what `~/.ssh/config` says, else 22."""

    user: str
    host: str
    port: int | None = None

    def __str__(self) -> str:
        """Return it as it stands in a URL."""
        return f"{self.user}@{self.host}" + (f":{self.port}" if self.port else "")

    @property
    def command(self) -> str:
        """The command with which a user tries the same."""
        port = f"-p {self.port} " if self.port else ""
        return f"ssh {port}{self.user}@{self.host}"


@dataclass(frozen=True)
class SshTrust:
    """Whom we believe, and who we are.

    Attributes:
        known_hosts: Files with host keys; those that do not exist are left out.
        options: More options of the SSH library; by default the user's own keys, agent and `~/.ssh/config` count.
    """

    known_hosts: tuple[Path, ...] = _KNOWN_HOSTS
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def known(self) -> asyncssh.SSHKnownHosts:
        """The host keys of all files that exist."""
        files = [file.expanduser() for file in self.known_hosts]
        return asyncssh.import_known_hosts("".join(file.read_text() + "\n" for file in files if file.is_file()))


class SshHost:
    """A host on which work is done over SSH. No passwords, no prompts."""

    def __init__(self, address: SshAddress, *, timeout: float, trust: SshTrust | None = None) -> None:
        self.address = address
        self._timeout = timeout
        self._trust = trust or SshTrust()

    def run(self, work: Callable[[asyncssh.SSHClientConnection], Awaitable[Result]]) -> Result:
        """Connect, do the work within the time limit, and hang up.

        Raises:
            UnreachableError: No connection, or it was lost, or the time ran out.
            UnauthorizedError: The host key is not known, or our keys are refused.
        """
        try:
            return asyncio.run(self._worked(work))
        except PhoenixError:
            raise
        except asyncssh.HostKeyNotVerifiable as error:
            raise self._untrusted(str(error)) from None
        except asyncssh.PermissionDenied as error:
            raise UnauthorizedError(
                "SSH refused our keys",
                where=str(self.address),
                seen=error.reason,
                expected="a key of the SSH agent, or a default key without passphrase, in its authorized_keys",
                next_step=f"ssh-copy-id{self._port_option} {self.address.user}@{self.address.host}",
            ) from None
        except ValueError as error:
            # The library's own words for a key, a known_hosts line or an option of ~/.ssh/config that it cannot read.
            raise ProductError(
                "A file in ~/.ssh cannot be used",
                where=str(self.address),
                seen=str(error),
                next_step=f"ssh -v {self.address.host} true   (it names the file)",
            ) from None
        except (OSError, TimeoutError, asyncssh.Error) as error:
            raise self._lost(error) from None

    async def _worked(self, work: Callable[[asyncssh.SSHClientConnection], Awaitable[Result]]) -> Result:
        connection = await asyncssh.connect(
            self.address.host,
            self.address.port or (),
            username=self.address.user,
            known_hosts=self._trust.known,
            connect_timeout=min(_CONNECT_SECONDS, self._timeout),
            login_timeout=self._timeout,
            password_auth=False,
            kbdint_auth=False,
            **self._trust.options,
        )
        try:
            return await asyncio.wait_for(work(connection), self._timeout)
        finally:
            connection.abort()
            await connection.wait_closed()

    @property
    def _port_option(self) -> str:
        return f" -p {self.address.port}" if self.address.port else ""

    def _untrusted(self, reason: str) -> UnauthorizedError:
        # An alias of ~/.ssh/config has its key under the name and port that it stands for.
        meant = asyncssh.SSHClientConnectionOptions(
            host=self.address.host,
            port=self.address.port or (),
            username=self.address.user,
            **{"config": (), **self._trust.options},
        )
        known = asyncssh.match_known_hosts(self._trust.known, meant.host, "", meant.port)
        file = str(self._trust.known_hosts[0])
        usual = meant.port == _DEFAULT_PORT
        scan = f"ssh-keyscan {'' if usual else f'-p {meant.port} '}{meant.host} >> {file}"
        if any(known[:2]):
            name = meant.host if usual else f"[{meant.host}]:{meant.port}"
            return UnauthorizedError(
                "The SSH host key has changed: this may be another machine",
                where=str(self.address),
                seen=reason,
                expected=f"the key in {file}",
                next_step=f"if the machine was set up anew: ssh-keygen -R '{name}' -f {file} && {scan}",
            )
        return UnauthorizedError(
            "The SSH host key is not known",
            where=str(self.address),
            seen=reason,
            expected=f"its key in {file}",
            next_step=f"{scan}   (and compare it with the one that the host itself shows)",
        )

    def _lost(self, error: Exception) -> ProductError:
        text = " ".join(str(error).split())
        reason = f"no answer within {self._timeout:g} s" if isinstance(error, TimeoutError) else text
        return UnreachableError(
            "The SSH host cannot be reached",
            where=str(self.address),
            seen=reason or type(error).__name__,
            next_step=self.address.command,
        )


def end_of(host: str, port: int) -> tuple[str, int]:
    """Return what `~/.ssh/config` makes of a host and the usual port; empty where it goes through another machine."""
    try:
        given = port if port != _DEFAULT_PORT else ()
        meant = asyncssh.SSHClientConnectionOptions(host=host, port=given, config=())
    except (OSError, ValueError, asyncssh.Error):
        # Whoever connects says what is wrong with it.
        return host, port
    return ("", 0) if meant.tunnel or meant.proxy_command else (meant.host, meant.port)
