"""The client is of use to others: without Pulumi, without our configuration, with nothing but an address."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

PROGRAM = """
import json, sys
from pydantic import SecretStr
from phoenix_providers.clients.portainer.environments import PortainerEnvironments
from phoenix_providers.clients.portainer.registries import PortainerRegistries
from phoenix_providers.clients.portainer.server_state import ServerState
from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clients.portainer.stacks import PortainerStacks
from phoenix_providers.clients.transport import TlsTrust
from phoenix_providers.clock import SystemClock

given = json.loads(sys.stdin.read())
session = PortainerSession(
    given["url"],
    user=given["user"],
    password=SecretStr(given["password"]),
    api_key=None,
    timeout=10,
    trust=TlsTrust(insecure=True),
)
clock = SystemClock()
stacks = PortainerStacks(session, clock, deploy_timeout=30)
made = stacks.create(given["name"], given["environment"], given["compose"], {})
while (record := stacks.get(made.id)).status == 3:
    clock.sleep(0.05)
told = {
    "file": stacks.file(record.id),
    "status": int(record.status),
    "environments": [item.id for item in PortainerEnvironments(session, clock).all()],
    "registries": len(PortainerRegistries(session, clock).all()),
    "may_block": ServerState(session).may_block,
}
stacks.delete(record)
told["left"] = [item.name for item in stacks.fresh()]
layers = ("models", "planning", "operations", "resources")
foreign = ("pulumi", *(f"phoenix_providers.{layer}" for layer in layers))
told["foreign"] = sorted(name for name in sys.modules if name.startswith(foreign))
print(json.dumps(told))
"""


def test_a_program_of_its_own(api: Any, environment: int, name: str, style: str) -> None:
    compose = f"services:\n  web:\n    image: {api.image}\n    command: [sleep, '3600']\n    stop_grace_period: 1s\n"
    given = {"url": api.url, "user": api.user, "password": api.password, "environment": environment}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        input=json.dumps({**given, "name": name, "compose": compose}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["file"], told["status"]) == (compose, 1)
    assert told["may_block"] or style == "async"
    assert environment in told["environments"]
    assert name not in told["left"]
    assert told["foreign"] == []
