"""A policy pack in one file: it reports every component, as advice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

NAME = "tiny"


class Pack(analyzer_pb2_grpc.AnalyzerServicer):
    """What the engine asks of a pack."""

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        policy = analyzer_pb2.PolicyInfo(name="components", enforcementLevel=analyzer_pb2.ADVISORY)
        return analyzer_pb2.AnalyzerInfo(name=NAME, displayName=NAME, policies=[policy])

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def Configure(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Analyze(self, request: Any, context: Any) -> Any:
        found = []
        if not request.type.startswith("pulumi:"):
            found.append(
                analyzer_pb2.AnalyzeDiagnostic(
                    policyName="components",
                    policyPackName=NAME,
                    message=f"the pack was shown {request.name}",
                    enforcementLevel=analyzer_pb2.ADVISORY,
                )
            )
        return analyzer_pb2.AnalyzeResponse(diagnostics=found)

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.AnalyzeResponse()


server = grpc.server(ThreadPoolExecutor(2))
analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Pack(), server)
# The engine reads the port, and ends the process.
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
