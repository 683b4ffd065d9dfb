"""A lab whose addresses somebody else has: it says which one, and shows no traceback."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from phoenix_providers.lab import control
from phoenix_providers.lab.control import LabError
from phoenix_providers.lab.network import free_network
from phoenix_providers.lab.site import LabSite


def test_an_address_that_is_taken_is_named(tmp_path: Path) -> None:
    network = free_network(anywhere=True)
    site = LabSite(
        domain="home.example",
        node="pve",
        node_address=f"{network}10",
        portainer_address=f"{network}110",
        portainer_port=9443,
        agent_port=9001,
        traefik_address=f"{network}12",
        guests=(),
    )
    with socket.socket() as somebody:
        somebody.bind((site.node_address, site.proxmox_port))
        somebody.listen()
        with pytest.raises(LabError) as caught:
            control.up(site, tmp_path)
    said = str(caught.value)
    assert f"{site.node_address}:{site.proxmox_port}" in said
    assert "Traceback" not in said
