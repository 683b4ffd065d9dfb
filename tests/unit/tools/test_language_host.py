"""The Python language host as the engine meets it: a process that prints its port and answers over gRPC.

A script takes the place of the program's launcher; it writes down how it was called and ends as it is told.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import engine_pb2_grpc, language_pb2, language_pb2_grpc

from tools.language_host.interpreter import Interpreter, InterpreterError
from tools.places import PULUMI_VERSION
from tools.pulumi_toolchain import install_language_host

SECONDS = 20
LAUNCHER = f"""#!{sys.executable}
import json, os, sys, time
from pathlib import Path
record = {{"arguments": sys.argv[1:], "python": sys.executable, "folder": os.getcwd(),
          "environment": {{name: os.environ.get(name) for name in
                          ("PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS", "VIRTUAL_ENV", "PATH")}}}}
print("hello from the program", flush=True)
# Last: a test that waits for this file ends the program then.
Path(__file__).with_name("record.json").write_text(json.dumps(record))
if sys.argv[-1] == "hang":
    time.sleep({SECONDS})
sys.exit(int(sys.argv[-1]))
"""


class Engine(engine_pb2_grpc.EngineServicer):  # type: ignore[misc, unused-ignore]
    """The part of the engine that a host talks to."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def Log(self, request: Any, context: Any) -> Any:
        self.messages.append(request.message)
        return empty_pb2.Empty()


class Host:
    """A running host and a client to it."""

    def __init__(self, folder: Path, engine: Engine, engine_address: str) -> None:
        self.folder = folder
        self.engine = engine
        self.engine_address = engine_address
        self.process = subprocess.Popen(
            [folder / "pulumi-language-python", "-v=3", engine_address],
            env={**os.environ, "PHOENIX_PYTHON": sys.executable},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout
        port = int(self.process.stdout.readline())
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.client: Any = language_pb2_grpc.LanguageRuntimeStub(self._channel)

    def request(self, *arguments: str, **options: str) -> Any:
        chosen = struct_pb2.Struct()
        chosen.update(options)
        site, program = self.folder / "site", self.folder / "program"
        return language_pb2.RunRequest(
            project="lab",
            stack="dev",
            organization="organization",
            pwd=str(program),
            info=language_pb2.ProgramInfo(
                root_directory=str(site), program_directory=str(program), entry_point=".", options=chosen
            ),
            config={"lab:url": "https://a", "lab:password": "pw"},
            configSecretKeys=["lab:password"],
            dryRun=True,
            parallel=8,
            monitor_address="127.0.0.1:1",
            args=arguments,
        )

    def run(self, *arguments: str, **options: str) -> Any:
        return self.client.Run(self.request(*arguments, **options), timeout=SECONDS)

    def record(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "record.json").read_text())
        return found

    def end(self, number: signal.Signals) -> str:
        self._channel.close()
        self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=SECONDS)
        return output


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    install_language_host(tmp_path)
    launcher = tmp_path / "pulumi-language-python-exec"
    launcher.write_text(LAUNCHER)
    (tmp_path / "site").mkdir()
    (tmp_path / "program").mkdir()
    engine = Engine()
    server = grpc.server(ThreadPoolExecutor(2))
    engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    host = Host(tmp_path, engine, f"127.0.0.1:{port}")
    try:
        yield host
    finally:
        if host.process.poll() is None:
            host.end(signal.SIGINT)
        server.stop(None).wait()


def make_virtualenv(folder: Path) -> None:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).parent}\n")


def test_run_gets_everything_the_engine_said(host: Host) -> None:
    make_virtualenv(host.folder / "site" / ".venv")

    response = host.run("0", virtualenv=".venv")

    assert (response.error, response.bail) == ("", False)
    record = host.record()
    virtualenv = host.folder / "site" / ".venv"
    assert record["python"] == str(virtualenv / "bin" / "python")
    assert record["environment"]["VIRTUAL_ENV"] == str(virtualenv)
    assert record["environment"]["PATH"].startswith(f"{virtualenv}/bin:")
    assert json.loads(record["environment"]["PULUMI_CONFIG"]) == {"lab:url": "https://a", "lab:password": "pw"}
    assert json.loads(record["environment"]["PULUMI_CONFIG_SECRET_KEYS"]) == ["lab:password"]
    given = dict(zip(record["arguments"][:-2:2], record["arguments"][1:-2:2], strict=True))
    assert given == {
        "--monitor": "127.0.0.1:1",
        "--engine": host.engine_address,
        "--project": "lab",
        "--stack": "dev",
        "--organization": "organization",
        "--root_directory": str(host.folder / "site"),
        "--pwd": str(host.folder / "program"),
        "--dry_run": "true",
        "--parallel": "8",
    }
    assert record["arguments"][-2:] == [str(host.folder / "program"), "0"]


def test_output_of_the_program_reaches_the_engine(host: Host) -> None:
    host.run("0")

    assert host.end(signal.SIGINT).splitlines() == ["hello from the program"]
    assert host.process.returncode == 0


@pytest.mark.parametrize(
    ("code", "error", "bail"),
    [("32", "", True), ("1", "Program exited with non-zero exit code: 1", False)],
)
def test_exit_codes(host: Host, code: str, error: str, bail: bool) -> None:
    response = host.run(code)

    assert (response.error, response.bail) == (error, bail)


def test_a_missing_interpreter_is_one_message(host: Host) -> None:
    response = host.run("0", virtualenv="gone/.venv")

    assert (response.error, response.bail) == ("", True)
    assert host.engine.messages == [
        f"no Python interpreter at {host.folder}/site/gone/.venv/bin/python, where `virtualenv: gone/.venv` in "
        "Pulumi.yaml points; run `make setup` in the folder of Phoenix Sync"
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_program_ends_with_its_host(host: Host, number: signal.Signals) -> None:
    call = host.client.Run.future(host.request("hang"))
    deadline = time.monotonic() + SECONDS
    while not (host.folder / "record.json").exists() and time.monotonic() < deadline:
        time.sleep(0.02)

    # Its output ends when the last process that holds it has ended, so this waits for the program too.
    assert host.end(number).splitlines() == ["hello from the program"]
    assert host.process.returncode == 0
    assert call.code() is not grpc.StatusCode.OK


def test_required_packages_are_the_plugins_of_the_installed_ones(host: Host) -> None:
    info = host.request().info
    info.options.update({"virtualenv": str(Path(sys.executable).parents[1])})

    found = host.client.GetRequiredPackages(language_pb2.GetRequiredPackagesRequest(info=info), timeout=SECONDS)
    older = host.client.GetRequiredPlugins(language_pb2.GetRequiredPluginsRequest(info=info), timeout=SECONDS)

    assert [(each.kind, each.name, each.version) for each in found.packages] == [("resource", "proxmoxve", "8.6.0")]
    assert [(each.kind, each.name, each.version) for each in older.plugins] == [("resource", "proxmoxve", "8.6.0")]


def test_dependencies(host: Host) -> None:
    info = host.request().info
    info.options.update({"virtualenv": str(Path(sys.executable).parents[1])})

    def names(*, transitive: bool) -> set[str]:
        request = language_pb2.GetProgramDependenciesRequest(info=info, transitiveDependencies=transitive)
        return {each.name for each in host.client.GetProgramDependencies(request, timeout=SECONDS).dependencies}

    assert {"pulumi", "pulumi_proxmoxve", "grpcio"} <= {name.replace("-", "_") for name in names(transitive=True)}
    assert "grpcio" not in names(transitive=False)


def test_about_and_version(host: Host) -> None:
    info = host.request(virtualenv=str(Path(sys.executable).parents[1])).info

    about = host.client.About(language_pb2.AboutRequest(info=info), timeout=SECONDS)
    plugin = host.client.GetPluginInfo(empty_pb2.Empty(), timeout=SECONDS)

    assert about.version == ".".join(str(part) for part in sys.version_info[:3])
    assert plugin.version == PULUMI_VERSION


def test_what_it_cannot_do_it_says(host: Host) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        host.client.Pack(language_pb2.PackRequest(), timeout=SECONDS)

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_an_interpreter_without_the_sdk(tmp_path: Path) -> None:
    install_language_host(tmp_path)
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)

    answer = subprocess.run(
        [tmp_path / "pulumi-language-python", "127.0.0.1:1"],
        env={"PATH": os.environ["PATH"], "PHOENIX_PYTHON": str(bare)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith("pulumi-language-python: ")
    assert answer.stderr.endswith(
        "has no Pulumi SDK; run `make setup` in the folder of Phoenix Sync, then use its .venv/bin/pulumi\n"
    )


def test_no_python_at_all(tmp_path: Path) -> None:
    with pytest.raises(InterpreterError, match="no python3 on PATH; run `make setup`"):
        Interpreter.of_project(str(tmp_path), {}, str(tmp_path))
