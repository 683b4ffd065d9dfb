"""Looking at the lab's Proxmox, and changing it behind Pulumi's back."""

from __future__ import annotations

import time
from typing import Any

import requests

from phoenix_providers.lab.control import RunningLab
from phoenix_providers.lab.site import LabSite

_SECONDS = 10
_PAUSE_SECONDS = 0.2


class ProxmoxByHand:
    """An administrator with the lab's API token."""

    def __init__(self, lab: RunningLab, site: LabSite) -> None:
        self._lab = lab
        self._site = site

    def rules(self) -> list[dict[str, Any]]:
        """Return all firewall rules: of the cluster and of every guest."""
        guests = [
            f"nodes/{guest.node or self._site.node}/{'qemu' if guest.kind == 'vm' else 'lxc'}/{guest.id}"
            for guest in self._site.guests
        ]
        found: list[dict[str, Any]] = []
        for scope in ("cluster", *guests):
            found += self._send("GET", f"{scope}/firewall/rules")
        return found

    def hosts(self, node: str = "") -> str:
        """Return a node's hosts file, by default the first one's."""
        return str(self._send("GET", f"nodes/{node or self._site.node}/hosts")["data"])

    def write_hosts(self, text: str, node: str = "") -> None:
        """Replace a node's hosts file."""
        self._send("POST", f"nodes/{node or self._site.node}/hosts", {"data": text})

    def resolver(self, node: str = "") -> dict[str, str]:
        """Return a node's resolv.conf."""
        found: dict[str, str] = self._send("GET", f"nodes/{node or self._site.node}/dns")
        return found

    def delete_last_rule(self, place: str) -> None:
        """Delete the last rule of a list; `place` as for `add_rule`."""
        self._send("DELETE", f"{self._path(place)}/firewall/rules/{len(self.rules_of(place)) - 1}")

    def add_rule(self, place: str, **fields: str) -> None:
        """Put a rule on top of a list; `place` is `cluster` or the end of a guest's path, for example `qemu/111`."""
        self._send("POST", f"{self._path(place)}/firewall/rules", {"enable": "1", **fields})

    def change_rule(self, place: str, position: int, **fields: str) -> None:
        """Change a rule, or move it with `moveto`."""
        self._send("PUT", f"{self._path(place)}/firewall/rules/{position}", fields)

    def rules_of(self, place: str) -> list[dict[str, Any]]:
        """Return the rules of one place."""
        found: list[dict[str, Any]] = self._send("GET", f"{self._path(place)}/firewall/rules")
        return found

    def options(self, place: str) -> dict[str, Any]:
        """Return the options that are set at one place."""
        found: dict[str, Any] = self._send("GET", f"{self._path(place)}/firewall/options")
        return {key: value for key, value in found.items() if key != "digest"}

    def set_options(self, place: str, **values: str) -> None:
        """Set firewall options of one place."""
        self._send("PUT", f"{self._path(place)}/firewall/options", values)

    def names(self, path: str) -> list[dict[str, Any]]:
        """Return what stands below a path of the datacenter's firewall, for example `aliases` or `ipset/trusted`."""
        found: list[dict[str, Any]] = self._send("GET", f"cluster/firewall/{path}")
        return [{key: value for key, value in one.items() if key != "digest"} for one in found]

    def change_name(self, method: str, path: str, **fields: str) -> None:
        """Send a request to such a path."""
        self._send(method, f"cluster/firewall/{path}", fields)

    def unset_options(self, place: str, *names: str) -> None:
        """Remove firewall options of one place."""
        self._send("PUT", f"{self._path(place)}/firewall/options", {"delete": ",".join(names)})

    def destroy_guest(self, place: str) -> None:
        """Stop and remove a guest; `place` as above."""
        self._send("POST", f"{self._path(place)}/status/stop")
        self._send("DELETE", self._path(place))

    def move_guest(self, place: str, node: str, target: str) -> None:
        """Migrate a guest to another node, and return when it is there."""
        number = int(place.rpartition("/")[2])
        self._send("POST", f"nodes/{node}/{place}/migrate", {"target": target, "restart": "1"})
        deadline = time.monotonic() + _SECONDS
        while True:
            found: list[dict[str, Any]] = self._send("GET", "cluster/resources?type=vm")
            if any(guest["vmid"] == number and guest["node"] == target for guest in found):
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"{place} does not come to {target}")
            time.sleep(_PAUSE_SECONDS)

    def _path(self, place: str) -> str:
        if place == "cluster":
            return place
        number = int(place.rpartition("/")[2])
        node = next((guest.node for guest in self._site.guests if guest.id == number), "")
        return f"nodes/{node or self._site.node}/{place}"

    def _send(self, method: str, path: str, form: dict[str, str] | None = None) -> Any:
        # Environment variables such as REQUESTS_CA_BUNDLE must not replace the lab's own authority.
        with requests.Session() as session:
            session.trust_env = False
            response = session.request(
                method,
                f"{self._lab.proxmox_url}/api2/json/{path}",
                headers={"Authorization": f"PVEAPIToken={self._lab.proxmox_token}"},
                data=form,
                timeout=_SECONDS,
                verify=self._lab.ca_file,
            )
        response.raise_for_status()
        return response.json()["data"]
