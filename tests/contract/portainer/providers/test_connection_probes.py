"""Whether Portainer reaches an agent is asked anew each time, whatever it remembers of it."""

from __future__ import annotations

from typing import Any

from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.proxmox.connection_probes import ConnectionProbes
from phoenix_providers.planning.firewall.probing import Probing
from phoenix_providers.planning.site_plan import Connection


def probes(world: Any) -> ConnectionProbes:
    needed = [Connection(f"agent@{vmid}", "an agent", "10.0.0.1", "10.0.0.2", "tcp", 9001) for vmid in (111, 112)]
    return ConnectionProbes(
        clients_of_run.current(),
        "https://127.0.0.1:9",
        Probing(
            connections=tuple(needed),
            portainer=PortainerServer.from_input(world.server),
            environments={"agent@111": "vm111", "agent@112": "vm112"},
            sync_address="10.0.0.9",
        ),
    )


def test_an_agent_that_goes_and_comes_back(world: Any) -> None:
    world.hurry()
    assert probes(world).working() == {"agent@111"}
    world.agent(up=False)
    assert probes(world).failing(["agent@111"]) == {"agent@111": "Portainer does not reach it"}
    world.agent(up=True)
    assert probes(world).failing(["agent@111"]) == {}


def test_an_environment_that_is_not_there_yet_works_not(world: Any) -> None:
    world.hurry()
    assert probes(world).failing(["agent@112"]) == {"agent@112": "Portainer does not know it yet"}
