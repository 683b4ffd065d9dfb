"""A Portainer environment: an agent on a VM, or the server's own Docker."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from phoenix_providers.clients.portainer.environments import PortainerEnvironments
from phoenix_providers.clients.portainer.records import Environment
from phoenix_providers.errors import ConflictError, ProductError, UnreachableError
from phoenix_providers.resources import connections
from phoenix_providers.resources.provider import (
    AS_DECLARED,
    CreateResult,
    DiffResult,
    PhoenixProvider,
    Properties,
    ReadResult,
    UpdateResult,
    differs,
    explained,
    own,
)

_INPUTS = ("server", "environment", "url", "by_address", "observed")


class PortainerEndpointProvider(PhoenixProvider):
    """Finds by name, then by URL, adopts, creates, renames in place; never deletes what is not ours alone.

    An agent whose name does not resolve yet (a scoped run comes before any record) is made by its address; the next
    full run gives it its name. An environment that Portainer cannot make (its agent is down) is recorded as a failure
    and tried again by the next run: it blocks the stacks of its VM and nothing else.
    """

    @explained
    def create(self, props: Properties) -> CreateResult:
        """Adopt what is there, else create."""
        return CreateResult(str(props["resource"]), _converged(props, 0))

    @explained
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Look; a server that does not answer leaves everything as it was, marked to be looked at again."""
        kept = own(props)
        try:
            found = _by_id(_environments(props).all(), int(props["environment_id"]))
        except ProductError as error:
            kept["observed"] = str(error)
            return ReadResult(id_, kept, _inputs(kept))
        if found is None:
            if int(props["environment_id"]):
                return ReadResult("", {})
            kept["observed"] = props["failure"]
        else:
            kept |= {"environment": found.name, "observed": AS_DECLARED}
            if not _is_local(props["url"]):
                kept["url"] = _full_url(found.url)
        return ReadResult(id_, kept, _inputs(kept))

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare; a recorded failure is always work."""
        return DiffResult(changes=bool(olds.get("failure")) or differs(olds, news, _INPUTS))

    @explained
    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Change in place, keeping the id."""
        return UpdateResult(_converged(news, int(olds.get("environment_id") or 0)))

    @explained
    def delete(self, _id: str, props: Properties) -> None:
        """Delete, unless it is the server's own Docker or stacks that are not ours still live there."""
        environment_id = int(props.get("environment_id") or 0)
        if _is_local(props["url"]) or not environment_id:
            return
        access = connections.current().portainer(props["server"])
        foreign = [stack.name for stack in access.stacks.fresh() if stack.environment_id == environment_id]
        if foreign:
            names = ", ".join(sorted(foreign))
            print(
                f"environment {props['environment']!r} stays in Portainer: it holds stacks that are not ours ({names})",
                file=sys.stderr,
            )
            return
        access.environments.delete(environment_id)


class PortainerEndpoint(Resource, module="phoenix", name="PortainerEndpoint"):
    """An environment of Portainer.

    Attributes:
        environment_id: Portainer's number; 0 while it could not be made.
        failure: Why it could not be made, or empty.
    """

    environment_id: pulumi.Output[int]
    failure: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        server: Properties,
        environment: str,
        url: str,
        by_address: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs: dict[str, Any] = {
            "resource": name,
            "server": server,
            "environment": environment,
            "url": url,
            "by_address": by_address,
            "observed": AS_DECLARED,
            "environment_id": None,
            "failure": None,
        }
        super().__init__(PortainerEndpointProvider(), name, inputs, opts)


def _converged(wanted: Properties, environment_id: int) -> Properties:
    environments = _environments(wanted)
    failure = ""
    found = _find(environments.fresh(), wanted, environment_id)
    if found is None:
        found, failure = _create(environments, wanted)
    elif _needs_update(found, wanted):
        failure = _update(environments, found, wanted)
    return own(wanted) | {"environment_id": found.id if found else 0, "failure": failure, "observed": AS_DECLARED}


def _create(environments: PortainerEnvironments, wanted: Properties) -> tuple[Environment | None, str]:
    """Create, by address if not by name; after any error look whether it was saved all the same."""
    name = str(wanted["environment"])
    failure = ""
    for url in dict.fromkeys((str(wanted["url"]), str(wanted["by_address"] or wanted["url"]))):
        try:
            return environments.create(name, url), ""
        except ProductError as error:
            saved = [item for item in environments.fresh() if item.name == name]
            if len(saved) == 1:
                return saved[0], ""
            failure = f"{UnreachableError.label}: {error}"
    return None, failure


def _update(environments: PortainerEnvironments, found: Environment, wanted: Properties) -> str:
    """Change name and URL; a URL at which the agent does not answer is taken back, since Portainer takes any."""
    name = str(wanted["environment"])
    if _is_local(wanted["url"]):
        environments.update(found.id, name=name, url=None)
        return ""
    environments.update(found.id, name=name, url=str(wanted["url"]))
    if _full_url(found.url) == wanted["url"]:
        return ""
    docker = connections.current().portainer(wanted["server"]).docker(found.id)
    try:
        docker.ping()
    except ProductError as error:
        environments.update(found.id, name=name, url=_full_url(found.url))
        return f"{UnreachableError.label}: no agent answers at {wanted['url']}, so the old URL is kept: {error}"
    return ""


def _find(all_: Sequence[Environment], wanted: Properties, environment_id: int) -> Environment | None:
    """By id, then by name, then by URL; more than one with the URL is a conflict that only the user can solve."""
    if _is_local(wanted["url"]):
        matches = [item for item in all_ if item.kind == 1 and item.url.startswith("unix://")]
        named = [item for item in matches if item.name == wanted["environment"]]
        return next(iter(named or matches), None)
    found = _by_id(all_, environment_id)
    named = [item for item in all_ if item.name == wanted["environment"]]
    if found or named:
        return found or named[0]
    same_url = [item for item in all_ if _full_url(item.url) in (wanted["url"], wanted["by_address"])]
    if len(same_url) > 1:
        raise ConflictError(
            f"Several environments of Portainer have the URL {wanted['url']}",
            seen=", ".join(f"{item.name} (id {item.id})" for item in same_url),
            expected=f"one, or one that is named {wanted['environment']!r}",
            next_step="delete or rename the others on Portainer's page Environments",
        )
    return same_url[0] if same_url else None


def _by_id(all_: Sequence[Environment], environment_id: int) -> Environment | None:
    return next((item for item in all_ if item.id == environment_id), None)


def _needs_update(found: Environment, wanted: Properties) -> bool:
    if found.name != wanted["environment"]:
        return True
    return not _is_local(wanted["url"]) and _full_url(found.url) != wanted["url"]


def _full_url(url: str) -> str:
    return url if "://" in url else f"tcp://{url}"


def _is_local(url: Any) -> bool:
    return str(url).startswith("unix://")


def _environments(props: Properties) -> PortainerEnvironments:
    return connections.current().portainer(props["server"]).environments


def _inputs(props: Properties) -> Properties:
    return {key: props.get(key) for key in ("resource", *_INPUTS)}
