"""Answers to the language protocol; every other call gets gRPC's "not implemented", which the engine understands."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2  # type: ignore[import-untyped]

from .interpreter import Interpreter, InterpreterError
from .program_run import EXIT_CODE_ERROR_SHOWN, ProgramRun
from .protocol import engine_pb2, engine_pb2_grpc, language_pb2, language_pb2_grpc, plugin_pb2

HOST_VERSION = "3.220.0"


class LanguageRuntime(language_pb2_grpc.LanguageRuntimeServicer):  # type: ignore[name-defined,misc]
    """The protocol's methods; names and signatures are gRPC's.

    Args:
        engine_address: Where the engine takes log messages; a Handshake may name it later.
        executor: The script `pulumi-language-python-exec`.
    """

    def __init__(self, engine_address: str, executor: Path) -> None:
        self._engine_address = engine_address
        self._executor = executor
        self._runs: set[ProgramRun] = set()
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End the programs that still run."""
        with self._lock:
            for run in self._runs:
                run.stop()

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Take the engine's address."""
        self._engine_address = request.engine_address or self._engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the version of the host."""
        return plugin_pb2.PluginInfo(version=HOST_VERSION)

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the provider plugins of the installed packages, so that the engine can fetch them in time."""
        plugins = self._survey_or_nothing(request.info).get("plugins", [])
        return language_pb2.GetRequiredPackagesResponse(
            packages=[plugin_pb2.PackageDependency(kind="resource", **_plugin(plugin)) for plugin in plugins]
        )

    def GetRequiredPlugins(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the same as GetRequiredPackages, for older engines."""
        plugins = self._survey_or_nothing(request.info).get("plugins", [])
        return language_pb2.GetRequiredPluginsResponse(
            plugins=[plugin_pb2.PluginDependency(kind="resource", **_plugin(plugin)) for plugin in plugins]
        )

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the installed Python packages; without transitive ones, those that no other one needs."""
        found = self._survey_or_nothing(request.info).get("distributions", [])
        wanted = [each for each in found if request.transitiveDependencies or each["direct"]]
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=each["name"], version=each["version"]) for each in wanted]
        )

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the interpreter's path and version."""
        found = self._survey_or_nothing(request.info)
        return language_pb2.AboutResponse(executable=found.get("executable", ""), version=found.get("version", ""))

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Say who installs Python packages here: the project's own set-up, from its lock file."""
        try:
            interpreter = _interpreter(request.info)
        except InterpreterError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        line = f"Python packages of {interpreter.python} come from requirements.lock, with `make setup`.\n"
        yield language_pb2.InstallDependenciesResponse(stdout=line.encode())

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Run the program to its end."""
        try:
            run = ProgramRun(_interpreter(request.info), self._executor, request, self._engine_address)
        except (InterpreterError, OSError) as error:
            self._show_error(str(error))
            return language_pb2.RunResponse(bail=True)
        with self._lock:
            self._runs.add(run)
        try:
            # When the engine ends the call, nobody waits for the program any more.
            context.add_callback(run.stop)
            code = run.wait()
        finally:
            with self._lock:
                self._runs.discard(run)
        if code == EXIT_CODE_ERROR_SHOWN:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"Program exited with non-zero exit code: {code}" if code else "")

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """End the programs that still run."""
        self.stop()
        return empty_pb2.Empty()

    def _survey_or_nothing(self, info: Any) -> dict[str, Any]:
        """Survey the program's interpreter; where there is none, Run is the one to say so."""
        try:
            return _interpreter(info).survey()
        except InterpreterError:
            return {}

    def _show_error(self, text: str) -> None:
        with grpc.insecure_channel(self._engine_address) as channel:
            message = engine_pb2.LogRequest(severity=engine_pb2.ERROR, message=text)
            engine_pb2_grpc.EngineStub(channel).Log(message)


def _interpreter(info: Any) -> Interpreter:
    return Interpreter.of_project(info.root_directory, dict(info.options.items()), os.environ.get("PATH", ""))


def _plugin(description: dict[str, Any]) -> dict[str, Any]:
    return {name: str(description[name]) for name in ("name", "version", "server") if description.get(name)}
