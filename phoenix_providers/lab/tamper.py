"""Changing a stack behind Pulumi's back, as a person on Portainer's web page would."""

from __future__ import annotations

from typing import Any

import requests

from phoenix_providers.lab.control import RunningLab

_SECONDS = 30


class PortainerByHand:
    """A signed-in administrator of the lab's Portainer."""

    def __init__(self, lab: RunningLab) -> None:
        self._url = lab.portainer_url
        self._ca_file = lab.ca_file
        answer = self._send(
            "POST", "/api/auth", {}, {"Username": lab.portainer_user, "Password": lab.portainer_password}
        )
        self._headers = {"Authorization": f"Bearer {answer['jwt']}"}

    def stack(self, name: str) -> dict[str, Any]:
        """Return the record of a stack, by its name at Portainer."""
        records: list[dict[str, Any]] = self._send("GET", "/api/stacks", self._headers)
        return next(record for record in records if record["Name"] == name)

    def file(self, name: str) -> str:
        """Return a stack's compose text."""
        record = self.stack(name)
        return str(self._send("GET", f"/api/stacks/{record['Id']}/file", self._headers)["StackFileContent"])

    def edit(self, name: str, compose: str) -> None:
        """Replace a stack's compose text and deploy it."""
        record = self.stack(name)
        path = f"/api/stacks/{record['Id']}?endpointId={record['EndpointId']}"
        self._send("PUT", path, self._headers, {"stackFileContent": compose, "env": record["Env"]})

    def stack_names(self) -> list[str]:
        """Return the names of all stacks."""
        return sorted(str(record["Name"]) for record in self._send("GET", "/api/stacks", self._headers))

    def environment_names(self) -> list[str]:
        """Return the names of all environments."""
        return sorted(str(record["Name"]) for record in self._send("GET", "/api/endpoints", self._headers))

    def change_env(self, name: str, env: dict[str, str]) -> None:
        """Replace a stack's values."""
        record = self.stack(name)
        path = f"/api/stacks/{record['Id']}?endpointId={record['EndpointId']}"
        pairs = [{"name": key, "value": value} for key, value in env.items()]
        self._send("PUT", path, self._headers, {"stackFileContent": self.file(name), "env": pairs})

    def stop(self, name: str) -> None:
        """Stop a stack."""
        record = self.stack(name)
        self._send("POST", f"/api/stacks/{record['Id']}/stop?endpointId={record['EndpointId']}", self._headers)

    def delete(self, name: str) -> None:
        """Delete a stack."""
        record = self.stack(name)
        self._send("DELETE", f"/api/stacks/{record['Id']}?endpointId={record['EndpointId']}", self._headers)

    def remove_container(self, name: str) -> None:
        """Remove one container of a stack."""
        docker = f"/api/endpoints/{self.stack(name)['EndpointId']}/docker"
        containers = self._send("GET", f"{docker}/containers/json?all=1", self._headers)
        labels = "com.docker.compose.project"
        found = next(item for item in containers if item["Labels"].get(labels) == name)
        self._send("DELETE", f"{docker}/containers/{found['Id']}?force=1", self._headers)

    def container_ids(self) -> list[str]:
        """Return all containers of all environments that answer."""
        found: set[str] = set()
        for record in self._send("GET", "/api/endpoints", self._headers):
            path = f"/api/endpoints/{record['Id']}/docker/containers/json?all=1"
            found |= {str(item["Id"]) for item in self._send("GET", path, self._headers)}
        return sorted(found)

    def containers(self) -> dict[str, tuple[str, str, str]]:
        """Return identifier, state, and time of the last start by name, of all environments that answer."""
        found: dict[str, tuple[str, str, str]] = {}
        for record in self._send("GET", "/api/endpoints", self._headers):
            docker = f"/api/endpoints/{record['Id']}/docker"
            for item in self._send("GET", f"{docker}/containers/json?all=1", self._headers):
                one = self._send("GET", f"{docker}/containers/{item['Id']}/json", self._headers)
                name = f"{one['Name'].removeprefix('/')} on {record['Name']}"
                found[name] = (str(item["Id"]), str(item["State"]), str(one["State"]["StartedAt"]))
        return found

    def of_container(self, stack: str, service: str, verb: str) -> None:
        """Do to a container of a stack what Docker calls so: stop, start, pause, restart or kill."""
        docker = f"/api/endpoints/{self.stack(stack)['EndpointId']}/docker"
        containers = self._send("GET", f"{docker}/containers/json?all=1", self._headers)
        project, own = "com.docker.compose.project", "com.docker.compose.service"
        found = next(
            one for one in containers if (one["Labels"].get(project), one["Labels"].get(own)) == (stack, service)
        )
        self._send("POST", f"{docker}/containers/{found['Id']}/{verb}", self._headers)

    def labels(self, name: str) -> list[dict[str, str]]:
        """Return the labels of a stack's containers."""
        docker = f"/api/endpoints/{self.stack(name)['EndpointId']}/docker"
        containers = self._send("GET", f"{docker}/containers/json?all=1", self._headers)
        found: list[dict[str, str]] = [item["Labels"] for item in containers]
        return [labels for labels in found if labels.get("com.docker.compose.project") == name]

    def slow_down(self, vmid: int, seconds: float) -> None:
        """Let each deploy on a VM take so many seconds from now on."""
        self._send("POST", f"/lab/hosts/{vmid}", {}, {"deploy_seconds": seconds})

    def rename_environment(self, name: str, new_name: str) -> None:
        """Give an environment another name."""
        records = self._send("GET", "/api/endpoints", self._headers)
        found = next(record for record in records if record["Name"] == name)
        self._send("PUT", f"/api/endpoints/{found['Id']}", self._headers, {"Name": new_name})

    def _send(self, method: str, path: str, headers: dict[str, str], body: object = None) -> Any:
        # Environment variables such as REQUESTS_CA_BUNDLE must not replace the lab's own authority.
        with requests.Session() as session:
            session.trust_env = False
            response = session.request(
                method, self._url + path, headers=headers, json=body, timeout=_SECONDS, verify=self._ca_file
            )
        response.raise_for_status()
        return response.json() if response.content else None
