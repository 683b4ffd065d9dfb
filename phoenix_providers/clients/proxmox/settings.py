"""What Proxmox has set: rules, options, hosts files, resolvers; read for checks, written to put things back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from phoenix_providers.clients.json_record import JsonRecord
from phoenix_providers.clients.proxmox.names import ProxmoxNames
from phoenix_providers.errors import AmbiguousWriteError, ProductError, UnauthorizedError
from phoenix_providers.models.live_guest import LiveGuest
from phoenix_providers.models.privileges import DOCUMENTED_ROLES, MissingPrivilege, grant_commands, refused_privileges

if TYPE_CHECKING:
    from phoenix_providers.clients.transport import Transport

Result = TypeVar("Result")
Settings = JsonRecord

_BASE = "/api2/json/"
_FORBIDDEN = 403
_DEVICE = re.compile(r"net\d+")
_FILTERED = re.compile(r"(^|,)firewall=1(,|$)")
# Of a container `net0`, of a virtual machine `ipconfig0`.
_ADDRESSED = re.compile(r"(net|ipconfig)\d+")
_ADDRESS = re.compile(r"(?:^|,)ip6?=([0-9A-Fa-f:.]+)")


class ProxmoxSettings:
    """Paths are those of the API below `/api2/json`, for example `cluster` or `nodes/pve/qemu/111`.

    Attributes:
        transport: How requests get there.
        token_id: The token's name, for messages.
        written: How often something was sent that may have changed something.
    """

    def __init__(self, transport: Transport, token_id: str = "") -> None:
        self.transport = transport
        self.token_id = token_id
        self.written = 0

    def rules(self, path: str) -> Sequence[Settings]:
        """Return the rules of a place, in order."""
        rules: Sequence[Settings] = self._get(f"{path}/firewall/rules")
        return sorted(rules, key=lambda rule: int(rule["pos"]))

    def options(self, path: str) -> Settings:
        """Return the firewall options that are set."""
        return self.options_with_digest(path)[0]

    def options_with_digest(self, path: str) -> tuple[Settings, str]:
        """Return the firewall options that are set, and by what Proxmox knows whether somebody else changes them."""
        options: Settings = self._get(f"{path}/firewall/options")
        return {key: value for key, value in options.items() if key != "digest"}, str(options.get("digest") or "")

    def hosts(self, node: str) -> str:
        """Return a node's hosts file, verbatim."""
        return str(self._get(f"nodes/{node}/hosts")["data"])

    def resolver(self, node: str) -> Mapping[str, str]:
        """Return a node's resolv.conf: `search`, `dns1` to `dns3`."""
        answer: Mapping[str, str] = self._get(f"nodes/{node}/dns")
        return {key: str(answer[key]) for key in ("search", "dns1", "dns2", "dns3") if answer.get(key)}

    def guests(self) -> Mapping[int, str]:
        """Return the node of every guest that the token may see, by number."""
        return {number: guest.node for number, guest in self.live_guests().items()}

    def live_guests(self) -> Mapping[int, LiveGuest]:
        """Return every guest that the token may see, by number."""
        found: Sequence[Settings] = self._get("cluster/resources", {"type": "vm"})
        return {
            int(guest["vmid"]): LiveGuest(
                "lxc" if guest.get("type") == "lxc" else "vm",
                str(guest["node"]),
                str(guest.get("name") or ""),
                str(guest.get("status") or ""),
            )
            for guest in found
        }

    def guest_paths(self) -> Mapping[int, str]:
        """Return the place in the API of every guest that the token may see, by number."""
        return {
            number: f"nodes/{guest.node}/{'lxc' if guest.kind == 'lxc' else 'qemu'}/{number}"
            for number, guest in self.live_guests().items()
        }

    def fixed_addresses(self, path: str) -> frozenset[str]:
        """Return a guest's addresses that Proxmox itself gives it."""
        config: Settings = self._get(f"{path}/config")
        texts = (str(value) for key, value in config.items() if _ADDRESSED.fullmatch(key))
        return frozenset(address for text in texts for address in _ADDRESS.findall(text))

    def configuration(self, path: str) -> Settings:
        """Return how a guest is set up."""
        found: Settings = self._get(f"{path}/config")
        return found

    def shown(self, path: str) -> Any:
        """Return what any path of the API shows."""
        return self._get(path)

    def is_gone(self, path: str) -> bool:
        """Whether Proxmox itself says that a guest does not exist; a refusal is never read as that."""
        try:
            self._get(f"{path}/status/current")
        except ProductError as error:
            if "does not exist" in error.explanation.seen:
                return True
            raise
        return False

    def filtered_devices(self, path: str) -> Sequence[bool]:
        """Return whether each network device of a guest has `firewall=1`, in order."""
        return [is_filtered(value) for value in self.network_devices(path).values()]

    def network_devices(self, path: str) -> Mapping[str, str]:
        """Return how each network device of a guest is set up, by name (`net0`), in order."""
        config: Settings = self._get(f"{path}/config")
        return dict(sorted((key, str(value)) for key, value in config.items() if _DEVICE.fullmatch(key)))

    def aliases(self, path: str) -> Mapping[str, str]:
        """Return networks by alias, names in lower case."""
        return {str(item["name"]).lower(): str(item["cidr"]) for item in self._get(f"{path}/firewall/aliases")}

    def ip_sets(self, path: str) -> Mapping[str, Sequence[str]]:
        """Return members by name of the set; excluded ones have a `!` in front."""
        names = [str(item["name"]) for item in self._get(f"{path}/firewall/ipset")]
        return {
            name.lower(): [
                ("!" if item.get("nomatch") else "") + str(item["cidr"])
                for item in self._get(f"{path}/firewall/ipset/{name}")
            ]
            for name in names
        }

    def groups(self) -> Mapping[str, Sequence[Settings]]:
        """Return the rules of every security group."""
        names = [str(item["group"]) for item in self._get("cluster/firewall/groups")]
        return {name: self._get(f"cluster/firewall/groups/{name}") for name in names}

    @property
    def names(self) -> ProxmoxNames:
        """The datacenter's aliases, sets and groups, one by one."""
        return ProxmoxNames(self._get, self._write)

    def resources(self) -> Sequence[Settings]:
        """Return what the cluster lists, as far as the token may see it: nodes, storages, guests; with their sizes."""
        found: Sequence[Settings] = self._get("cluster/resources")
        return found

    def nodes(self) -> Sequence[str]:
        """Return the names of all nodes."""
        return [str(node["node"]) for node in self._get("nodes")]

    def write_options(self, path: str, values: Mapping[str, str], unset: Iterable[str] = (), digest: str = "") -> None:
        """Set and unset options in one step; with a digest it is refused if somebody has changed them since."""
        fields = {**values, "digest": digest} if digest else dict(values)
        if gone := ",".join(unset):
            fields["delete"] = gone

        def done() -> bool:
            now = self.options(path)
            return all(str(now.get(key)) == value for key, value in values.items()) and not set(unset) & set(now)

        self._write("PUT", f"{path}/firewall/options", fields, done)

    def add_rule(self, path: str, fields: Mapping[str, str]) -> None:
        """Put a rule on top of a list."""
        count = len(self.rules(path))

        def done() -> bool:
            return len(self.rules(path)) == count + 1

        self._write("POST", f"{path}/firewall/rules", fields, done)

    def change_rule(self, path: str, position: int, values: Mapping[str, str], unset: Iterable[str] = ()) -> None:
        """Set and remove fields of one rule in one step; refused if somebody else changes the list meanwhile."""
        gone = tuple(unset)
        fields = {**values, "digest": str(self.rules(path)[position]["digest"])}
        if gone:
            fields["delete"] = ",".join(gone)

        def done() -> bool:
            now = self.rules(path)[position]
            return all(str(now.get(key)) == value for key, value in values.items()) and not set(gone) & set(now)

        self._write("PUT", f"{path}/firewall/rules/{position}", fields, done)

    def delete_rules(self, path: str, positions: Iterable[int]) -> None:
        """Delete rules, the last one first; refused if somebody else changes the list meanwhile."""
        for position in sorted(positions, reverse=True):
            before = self.rules(path)

            def done(count: int = len(before)) -> bool:
                return len(self.rules(path)) == count - 1

            params = {"digest": str(before[position]["digest"])}
            self._write("DELETE", f"{path}/firewall/rules/{position}", None, done, params)

    def write_hosts(self, node: str, text: str) -> None:
        """Replace a node's hosts file."""
        self._write("POST", f"nodes/{node}/hosts", {"data": text}, lambda: self.hosts(node) == text)

    def write_resolver(self, node: str, values: Mapping[str, str]) -> None:
        """Replace a node's resolv.conf."""
        self._write("PUT", f"nodes/{node}/dns", dict(values), lambda: self.resolver(node) == dict(values))

    def _get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        return self._with_privilege(lambda: self.transport.read(_BASE + path, params).data["data"])

    def _write(
        self,
        verb: str,
        path: str,
        fields: Mapping[str, str] | None,
        done: Callable[[], bool],
        params: Mapping[str, str] | None = None,
    ) -> None:
        self.written += 1
        try:
            self._with_privilege(lambda: self.transport.write(verb, _BASE + path, fields=fields, params=params))
        except AmbiguousWriteError:
            if not done():
                raise

    def _with_privilege(self, call: Callable[[], Result]) -> Result:
        try:
            return call()
        except ProductError as error:
            if error.status != _FORBIDDEN:
                raise
            seen, where = error.explanation.seen, error.explanation.where
            if missing := refused_privileges(seen):
                raise missing_privilege(where, self.token_id, missing) from None
            raise UnauthorizedError(
                "Proxmox does not allow the API token to do this",
                where=where,
                seen=seen,
                expected=DOCUMENTED_ROLES,
                next_step="pveum user permissions USER   (on the Proxmox host shows what the token's user may do)",
                status=_FORBIDDEN,
            ) from None


def is_filtered(device: str) -> bool:
    """Whether a network device takes part in the firewall."""
    return _FILTERED.search(device) is not None


def missing_privilege(where: str, token_id: str, missing: Sequence[MissingPrivilege]) -> UnauthorizedError:
    """Say which privileges a token lacks, and the commands that grant them."""
    commands = ["on the Proxmox host, as root:", *grant_commands(token_id, missing)]
    return UnauthorizedError(
        f"The API token {token_id} lacks privileges on Proxmox",
        where=where,
        seen=f"not allowed: {', '.join(map(str, missing))}",
        expected=DOCUMENTED_ROLES,
        next_step="\n            ".join(commands),
        status=_FORBIDDEN,
    )
