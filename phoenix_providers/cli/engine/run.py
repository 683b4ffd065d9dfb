"""Running the Pulumi engine, as thin as possible: the same command line that users type."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from phoenix_providers.cli.engine.event_log import EventLog
from phoenix_providers.cli.engine.exit_codes import exit_code, messages
from phoenix_providers.cli.engine.explained_refusals import explained_refusal, passphrase_missing
from phoenix_providers.cli.engine.readiness_ahead import wait_ahead
from phoenix_providers.cli.engine.watched_process import Watcher, run_watched
from phoenix_providers.cli.project.root import project_root
from phoenix_providers.errors import PhoenixError, UsageError
from phoenix_providers.models.engine_properties import EngineRecord
from phoenix_providers.operations.asked_ahead import READY_VARIABLE
from phoenix_providers.operations.debug_lines import DEBUG_LINES_VARIABLE

if TYPE_CHECKING:
    from phoenix_providers.planning.proxmox_scope import Import

# By itself the engine begins four steps for each core of this machine. A stack that waits for its health holds one of
# them and costs nothing meanwhile; what costs is bounded by phoenix:parallelDeploys.
_PARALLEL, _STEPS_AT_ONCE = "PULUMI_PARALLEL", "64"
_PASSPHRASES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
_LAST_LINES = 6


class Engine:
    """The engine for one stack of the project in a folder.

    Args:
        folder: Any folder inside the project; the engine looks upwards for Pulumi.yaml, as always.
        stack: Name of the Pulumi stack; None means the selected one.
        extra: Environment variables for every call.
        config_file: The stack's settings, if they are not in their usual place.

    Attributes:
        messages: What the last run told.
        has_pending_operations: Whether a run was killed in the middle of something, or nobody knows.
    """

    def __init__(
        self,
        folder: Path,
        stack: str | None = None,
        extra: Mapping[str, str] | None = None,
        config_file: Path | None = None,
    ) -> None:
        self._folder = folder
        self._config_file = config_file
        self._stack = ["--stack", stack] if stack else []
        self._environment = {_PARALLEL: _STEPS_AT_ONCE, **os.environ, **(extra or {})}
        self.messages: Sequence[str] = ()
        self.has_pending_operations = True

    @property
    def project(self) -> Path:
        """The folder with Pulumi.yaml.

        Raises:
            UsageError: There is none.
        """
        if root := project_root(self._folder):
            return root
        raise UsageError(
            "There is no Pulumi project here",
            where=str(self._folder),
            expected="a folder with Pulumi.yaml",
            next_step="cd to Phoenix Sync's folder, or to your site's own",
        )

    @property
    def names_stack(self) -> bool:
        """Whether the user has said which Pulumi stack is meant."""
        return bool(self._stack)

    @property
    def has_project(self) -> bool:
        """Whether there is a folder with Pulumi.yaml."""
        return project_root(self._folder) is not None

    @property
    def backend(self) -> str:
        """Where the state is: the address of `pulumi login`."""
        if named := self._environment.get("PULUMI_BACKEND_URL"):
            return named
        return str(json.loads(self._answer([*self._program(), "whoami", "--json"]))["url"])

    @property
    def project_name(self) -> str:
        """The name of the project."""
        from ruamel.yaml import YAML

        return str(YAML(typ="safe", pure=True).load((self.project / "Pulumi.yaml").read_text(encoding="utf-8"))["name"])

    @property
    def stack_name(self) -> str:
        """The name of the Pulumi stack, without those of organisation and project."""
        return self._captured("stack", "--show-name").strip().rpartition("/")[2]

    def environment(self, extra: Mapping[str, str] | None = None) -> Mapping[str, str]:
        """Return the variables with which the engine is called, and more."""
        return {**self._environment, **(extra or {})}

    def settings(self) -> Mapping[str, str]:
        """Return the stack configuration of namespace `phoenix`, without values of secrets."""
        values: Mapping[str, EngineRecord] = json.loads(self._captured("config", "--json"))
        return {
            key.removeprefix("phoenix:"): str(entry["value"])
            for key, entry in values.items()
            if key.startswith("phoenix:") and not entry["secret"]
        }

    def settings_in_clear(self) -> Mapping[str, str]:
        """Return the stack configuration of namespace `phoenix`, secrets in clear: for clients, never to be shown."""
        return _in_clear(self._captured("config", "--json", "--show-secrets"), "phoenix:")

    def proxmox_access(self) -> Mapping[str, str]:
        """Return the Proxmox provider's own settings (`endpoint`, `apiToken`, `insecure`), the token in clear."""
        return _in_clear(self._captured("config", "--json", "--show-secrets"), "proxmoxve:")

    def configuration(self, *, secrets: bool = True) -> Mapping[str, str]:
        """Return the whole stack configuration by full names; without secrets nobody needs the passphrase."""
        shown = ("--show-secrets",) if secrets else ()
        values: Mapping[str, EngineRecord] = json.loads(self._captured("config", "--json", *shown, "--non-interactive"))
        return {key: str(entry["value"]) for key, entry in values.items() if secrets or not entry["secret"]}

    def asked_ahead(self) -> Callable[[], tuple[Sequence[EngineRecord], Mapping[str, str]]]:
        """Ask for the state's resources and the stack's configuration, both in clear, at once; what is returned waits.

        Nobody is asked for a passphrase: the engine does that itself, once.
        """
        file = ("--config-file", str(self._config_file)) if self._config_file else ()
        questions = (("stack", "export", "--show-secrets"), ("config", "--json", "--show-secrets", *file))
        pool = ThreadPoolExecutor(max_workers=len(questions))
        exported, configured = (pool.submit(self._captured, *words, "--non-interactive") for words in questions)

        def answers() -> tuple[Sequence[EngineRecord], Mapping[str, str]]:
            pool.shutdown()
            configuration = _in_clear(configured.result())
            deployment: EngineRecord = json.loads(exported.result())["deployment"]
            self.has_pending_operations = bool(deployment.get("pending_operations"))
            resources: Sequence[EngineRecord] = deployment.get("resources") or ()
            return resources, configuration

        return answers

    def take_over(self, imports: Iterable[Import], beside: Callable[[subprocess.Popen[bytes]], None]) -> int:
        """Bring what exists into the state; only reads from Proxmox. Return the engine's exit code.

        Args:
            imports: What is brought.
            beside: Runs in a thread of its own while the engine does; is given the engine.
        """
        resources = [{"type": one.type, "name": one.name, "id": one.id} for one in imports]
        with tempfile.TemporaryDirectory(prefix="phoenix-") as folder:
            file = Path(folder) / "imports.json"
            file.write_text(json.dumps({"resources": resources}))
            arguments = ["--file", str(file), "--generate-code=false", "--protect=false", "--yes", "--skip-preview"]
            command = self._command("import", *arguments, "--suppress-outputs")
            with subprocess.Popen(command, cwd=self._folder, env=self._environment) as process:  # noqa: S603
                threading.Thread(target=beside, args=(process,), daemon=True).start()
                return _ended(process)

    def resources(self) -> Sequence[EngineRecord]:
        """Return the resources of the state, secrets encrypted."""
        deployment = json.loads(self._captured("stack", "export"))["deployment"]
        resources: Sequence[EngineRecord] = deployment.get("resources") or ()
        return resources

    def resources_in_clear(self) -> Sequence[EngineRecord]:
        """Return the resources of the state, secrets in clear: to be compared, and never shown or kept."""
        resources: Sequence[EngineRecord] = (
            json.loads(self._captured("stack", "export", "--show-secrets"))["deployment"].get("resources") or ()
        )
        return resources

    def forget(self, names: Collection[str]) -> None:
        """Take resources out of the state, and edges to them; nothing is asked of any product."""
        from phoenix_providers.planning.proxmox.guest_resources import without

        state = json.loads(self._captured("stack", "export"))
        state["deployment"]["resources"] = without(state["deployment"].get("resources") or (), names)
        with tempfile.TemporaryDirectory(prefix="phoenix-") as folder:
            file = Path(folder) / "state.json"
            file.touch(mode=0o600)
            file.write_text(json.dumps(state))
            self._captured("stack", "import", "--file", str(file))

    def run(
        self,
        verb: str,
        arguments: Iterable[str] = (),
        *,
        targets: Sequence[str] = (),
        extra: Mapping[str, str] | None = None,
        watcher: Watcher | None = None,
        output: Path | None = None,
    ) -> int:
        """Run `preview`, `up` or another verb; return the exit code of `phoenix`.

        Args:
            verb: What the engine is told to do.
            arguments: Its options.
            targets: What it is about; empty means everything.
            extra: Environment variables.
            watcher: Is told how it goes on; without one the engine has the user's terminal.
            output: Where what it prints goes, if there is one.

        Raises:
            NotReadyError: What a full run reads is not ready.
        """
        # A run with targets reads those alone, and says itself what does not answer.
        ahead = {} if targets else wait_ahead(self, lambda line: print(line, file=sys.stderr))
        # The engine's event log belongs to its debug commands.
        environment = {**ahead, **self._environment, **(extra or {}), "PULUMI_DEBUG_COMMANDS": "true"}
        # The wrapper need not ask once more.
        environment[READY_VARIABLE] = ahead.get(READY_VARIABLE, "asked")
        # The event log is read here alone, and none of them are asked for.
        environment.setdefault(DEBUG_LINES_VARIABLE, "no")
        selected = [part for target in targets for part in ("--target", target)]
        with tempfile.TemporaryDirectory(prefix="phoenix-") as folder:
            log = Path(folder) / "events.jsonl"
            command = [*self._command(verb), *selected, *arguments, "--event-log", str(log)]
            if watcher is not None and output is not None:
                command.append("--non-interactive")
                code = run_watched(command, self._folder, environment, events=log, output=output, watcher=watcher)
            else:
                with subprocess.Popen(command, cwd=self._folder, env=environment) as process:  # noqa: S603
                    code = _ended(process)
            killed = self._killed(code)
            if code != 0 and not log.exists():
                raise killed or self._not_started(environment, output)
            self.messages = messages(EventLog(log).new())
            if killed is not None:
                self._tell(killed, watcher)
            return exit_code(code, self.messages)

    def ask_for_passphrase(self) -> None:
        """Ask for the passphrase once on a terminal, if it is set nowhere and the stack's secrets need one.

        What runs beside us has no terminal.
        """
        is_set = any(name in self._environment for name in _PASSPHRASES)
        if is_set or not sys.stdin.isatty():
            return
        try:
            self._captured("config", "--json", "--show-secrets", "--non-interactive")
        except PhoenixError as error:
            if error.explanation.what == passphrase_missing().explanation.what:
                given = click.prompt("Passphrase of this stack's secrets", hide_input=True, err=True)
                self._environment[_PASSPHRASES[0]] = str(given)

    def _killed(self, code: int) -> PhoenixError | None:
        from phoenix_providers.cli.engine.killed_engine import killed_engine

        return killed_engine(self, code) if code else None

    def _tell(self, error: PhoenixError, watcher: Watcher | None) -> None:
        """Say what the engine cannot say any more, as it would have said it."""
        message = f"{error.label}: {error}"
        self.messages = [*self.messages, message]
        if watcher is None:
            print(message, file=sys.stderr)
        else:
            watcher.look([{"diagnosticEvent": {"severity": "error", "message": message}}])

    def _not_started(self, environment: Mapping[str, str], output: Path | None = None) -> PhoenixError:
        """Say what to do after the engine itself has said why it did not start."""
        try:
            # A wrong passphrase is only told where something has to be decrypted.
            self._captured("config", "--json", "--show-secrets", "--non-interactive")
            self._captured("stack", "export", "--show-secrets", "--non-interactive")
        except UsageError as error:
            return error
        from phoenix_providers.cli.engine.state_lock import held_state

        if held := held_state(self):
            return held
        if not any(name.startswith("PULUMI_CONFIG_PASSPHRASE") for name in environment):
            return passphrase_missing()
        return UsageError(
            "The engine did not start" + ("" if output else "; its own message is above"),
            where=str(self.project),
            seen=_last_lines(output) if output else "",
            next_step="pulumi stack   (pulumi cancel, if it is locked by a run that was killed)",
        )

    def _captured(self, *arguments: str) -> str:
        return self._answer(self._command(*arguments))

    def _answer(self, command: Sequence[str]) -> str:
        done = subprocess.run(  # noqa: S603
            command,
            cwd=self._folder,
            env=self._environment,
            check=False,
            stdin=subprocess.DEVNULL if "--non-interactive" in command else None,
            capture_output=True,
            text=True,
        )
        if done.returncode == 0:
            return done.stdout
        raise explained_refusal(done.stderr.strip(), " ".join(("pulumi", *command[1:])))

    def _command(self, *arguments: str) -> list[str]:
        # Without a project the engine would advise to make a new one.
        _ = self.project
        return [*self._program(), *arguments, *self._stack]

    @staticmethod
    def _program() -> list[str]:
        return [str(Path(sys.executable).parent / "pulumi")]


def _last_lines(output: Path) -> str:
    """Return what the engine said last."""
    lines = [line.strip() for line in output.read_text(encoding="utf-8", errors="replace").splitlines()]
    return " ".join([line for line in lines if line][-_LAST_LINES:])


def _in_clear(answer: str, namespace: str = "") -> dict[str, str]:
    """Read an answer about the configuration; names are without the namespace that is asked for."""
    values: Mapping[str, EngineRecord] = json.loads(answer)
    return {
        key.removeprefix(namespace): str(entry.get("value"))
        for key, entry in values.items()
        if key.startswith(namespace)
    }


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Wait for the engine; at Ctrl-C it has got the signal too, and ends in its own order."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
