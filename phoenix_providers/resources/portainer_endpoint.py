"""A Portainer environment: an agent on a VM, or the server's own Docker."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.clock import Deadline
from phoenix_providers.errors import AmbiguousWriteError, ConflictError, ProductError, UnreachableError
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.firewall.question import FirewallQuestion
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    AS_DECLARED,
    CreateResult,
    DiffResult,
    PhoenixProvider,
    Properties,
    ReadResult,
    UpdateResult,
    differs,
    told,
    unless_unknown,
    without_provider_key,
)
from phoenix_providers.resources.scoped_question import take_question

if TYPE_CHECKING:
    from phoenix_providers.clients.portainer.environments import PortainerEnvironments
    from phoenix_providers.clients.portainer.records import Environment


_INPUTS = ("server", "environment", "url", "by_address", "observed")
_PAUSE_SECONDS = 0.5
# An agent that does not answer is given up by the server after 3 s; the rest is for a busy machine.
_LONGEST_CREATE_SECONDS = 5
_TRIES = 2
# What the server says of an address at which it has pinged nobody.
_NO_AGENT = "Unable to get environment type"


class PortainerEndpointProvider(PhoenixProvider):
    """Finds by name, then by URL, adopts, creates, renames in place; never deletes what is not ours alone.

    An agent whose name does not resolve yet (a scoped run comes before any record) is made by its address; the next
    full run gives it its name. An environment that Portainer cannot make (its agent is down) is recorded as a failure
    and tried again by the next run: it blocks the stacks of its VM and nothing else. One that the files block is left
    as it is.
    """

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Blocked means untouched: what is there keeps its old inputs."""
        inputs = without_provider_key(news)
        take_question(inputs)
        if unless_unknown(news.get("blocked"), "") and olds:
            inputs = without_provider_key(olds) | {"blocked": news["blocked"]}
        return CheckResult(inputs, [])

    def create(self, props: Properties) -> CreateResult:
        """Adopt what is there, else create."""
        if props.get("blocked"):
            nothing = {"environment_id": 0, "instance": "", "failure": props["blocked"], "observed": AS_DECLARED}
            return CreateResult(str(props["resource"]), without_provider_key(props) | nothing)
        outputs = _converged(props, {})
        clients_of_run.current().notes.ownership_transfers.note(
            "environment", outputs["environment_id"], props["resource"]
        )
        return CreateResult(str(props["resource"]), outputs)

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Look; a server that does not answer leaves everything as it was, marked to be looked at again."""
        from phoenix_providers.operations.stacks.environment_lookup import (
            full_url,
            is_local,
            keeps_name,
            own_environment,
        )
        from phoenix_providers.operations.stacks.portainer_data import OTHER_DATA, is_of_other_data

        kept = without_provider_key(props)
        if kept.get("blocked"):
            return ReadResult(id_, kept)
        try:
            access = clients_of_run.current().portainer(PortainerServer.from_input(props["server"]))
            if is_of_other_data(props.get("instance"), access.session):
                kept["observed"] = OTHER_DATA
                return ReadResult(id_, kept, _inputs(kept))
            found = own_environment(access.environments.all(), props, other_data=False)
        except ProductError as error:
            kept["observed"] = told(error)
            return ReadResult(id_, kept, _inputs(kept))
        if found is None:
            if props.get("environment_id"):
                return ReadResult("", {})
            kept["observed"] = props.get("failure") or "not in Portainer"
        else:
            kept["observed"] = AS_DECLARED
            if not keeps_name(props):
                kept["environment"] = found.name
            if not is_local(props["url"]):
                kept["url"] = full_url(found.url)
        return ReadResult(id_, kept, _inputs(kept))

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare; a recorded failure is always work, unless nothing may be done."""
        if unless_unknown(news.get("blocked"), ""):
            return DiffResult(changes=False)
        return DiffResult(changes=bool(olds.get("failure")) or differs(olds, news, _INPUTS))

    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Change in place, keeping the id; a Portainer that was set up anew gets it anew."""
        return UpdateResult(_converged(news, olds))

    def delete(self, _id: str, props: Properties) -> None:
        """Delete, unless it is the server's own Docker or stacks that are not ours still live there."""
        from phoenix_providers.operations.stacks.environment_lookup import is_local, own_environment
        from phoenix_providers.operations.stacks.portainer_data import is_of_other_data

        environment_id = int(props.get("environment_id") or 0)
        if is_local(props["url"]) or not environment_id:
            return
        access = clients_of_run.current().portainer(PortainerServer.from_input(props["server"]))
        other_data = is_of_other_data(props.get("instance"), access.session)
        if own_environment(access.environments.all(), props, other_data=other_data) is None:
            return
        if clients_of_run.current().notes.ownership_transfers.keep("environment", environment_id, props["resource"]):
            return
        foreign = [stack.name for stack in access.stacks.fresh() if stack.environment_id == environment_id]
        if foreign:
            names = ", ".join(sorted(foreign))
            print(
                f"environment {props['environment']!r} stays in Portainer: it holds stacks that are not ours ({names})",
                file=sys.stderr,
            )
            return
        access.environments.delete(environment_id)


class PortainerEndpoint(PhoenixResource, module="phoenix", name="PortainerEndpoint"):
    """An environment of Portainer.

    Attributes:
        environment: Its name.
        environment_id: Portainer's number; 0 while it could not be made.
        instance: To which data of Portainer the number belongs.
        failure: Why it could not be made, or empty.
        url: Where it leads.
        by_address: The same without a name.
    """

    environment: pulumi.Output[str]
    environment_id: pulumi.Output[int]
    instance: pulumi.Output[str]
    failure: pulumi.Output[str]
    url: pulumi.Output[str]
    by_address: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        server: PortainerServer,
        environment: str,
        url: str,
        by_address: str,
        named: bool = True,
        blocked: str = "",
        firewall: FirewallQuestion | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs: Properties = {
            "resource": name,
            "server": server.as_input(),
            "environment": environment,
            "url": url,
            "by_address": by_address,
            "named": named,
            "blocked": blocked,
            "observed": AS_DECLARED,
            "environment_id": None,
            "instance": None,
            "failure": None,
            **({"firewall": firewall.to_targets()} if firewall else {}),
        }
        super().__init__(PortainerEndpointProvider(), name, inputs, opts)


def _converged(wanted: Properties, olds: Properties) -> Properties:
    from phoenix_providers.operations.proxmox.scoped_firewall import naming_the_firewall

    with naming_the_firewall(clients_of_run.current(), "portainer-api"):
        return _brought_up(wanted, olds)


def _brought_up(wanted: Properties, olds: Properties) -> Properties:
    from phoenix_providers.operations.stacks.environment_lookup import find_environment, own_environment
    from phoenix_providers.operations.stacks.patience import Patience
    from phoenix_providers.operations.stacks.portainer_data import is_of_other_data

    access = clients_of_run.current().portainer(PortainerServer.from_input(wanted["server"]))
    environments, failure = access.environments, ""
    if (ways := clients_of_run.current().notes.agent_ways) is not None:
        ways.part(access, str(wanted["url"]))
    patience = Patience(access.server, clients_of_run.current().clock)
    instance, all_ = patience.briefly(lambda: (access.session.instance, environments.fresh()))
    known = own_environment(all_, olds, other_data=is_of_other_data(olds.get("instance"), access.session))
    found = known
    try:
        found = find_environment(all_, wanted, known.id if known is not None else 0)
        if found is None:
            found, failure = _create(environments, wanted)
        elif _needs_update(found, wanted):
            failure = _update(environments, found, wanted, all_)
    except ConflictError as error:
        # Only the user can solve that, and it is about this environment alone.
        failure = f"{error.label}: {error}"
    number = found.id if found else 0
    return without_provider_key(wanted) | {
        "environment_id": number,
        "instance": instance,
        "failure": failure,
        "observed": AS_DECLARED,
    }


def _create(environments: PortainerEnvironments, wanted: Properties) -> tuple[Environment | None, str]:
    """Create, by address if not by name; after any error look whether it was saved all the same."""
    name = str(wanted["environment"])
    failure = ""
    for url in dict.fromkeys((str(wanted["url"]), str(wanted["by_address"] or wanted["url"]))):
        made, failure = _created(environments, name, url)
        if made is not None:
            return made, ""
    return None, failure


def _created(environments: PortainerEnvironments, name: str, url: str) -> tuple[Environment | None, str]:
    failure = ""
    for _ in range(_TRIES):
        try:
            return environments.create(name, url), ""
        except ProductError as error:
            unclear = isinstance(error, AmbiguousWriteError)
            failure = _why_not_made(error, url)
            if (saved := _saved(environments, name, patiently=unclear)) is not None:
                return saved, ""
            if not unclear:
                break
    return None, failure


def _saved(environments: PortainerEnvironments, name: str, *, patiently: bool) -> Environment | None:
    """Look whether an environment is there; after an unclear answer for as long as the server may take to save it.

    Two creates side by side would make two of one name, so the second one waits until the first is surely over.
    """
    clock = clients_of_run.current().clock
    deadline = Deadline.after(clock, _LONGEST_CREATE_SECONDS if patiently else 0)
    while True:
        try:
            saved = [item for item in environments.fresh() if item.name == name]
        except UnreachableError:
            saved = []
        if saved or deadline.passed:
            return saved[0] if saved else None
        clock.sleep(_PAUSE_SECONDS)


def _why_not_made(error: ProductError, url: str) -> str:
    from phoenix_providers.clients.portainer.silence import AGENT_CURE

    if "already paired" in error.explanation.seen:
        return (
            f"the agent at {url} obeys another Portainer"
            f"\n  seen:     {error.explanation.seen}"
            "\n  next:     restart the agent's container; if both share a secret, give it this server's AGENT_SECRET"
        )
    cure = f"\n  next:     {AGENT_CURE}" if _NO_AGENT in error.explanation.seen else ""
    return f"{UnreachableError.label}: {told(error)}{cure}"


def _update(
    environments: PortainerEnvironments, found: Environment, wanted: Properties, all_: Sequence[Environment]
) -> str:
    """Change name and URL; a URL at which the agent does not answer is taken back, since Portainer takes any."""
    from phoenix_providers.operations.stacks.environment_lookup import full_url, is_local

    name, current = str(wanted["environment"]), clients_of_run.current()
    current.notes.environment_names.make_free(name, found, environments, all_, current.clock)
    if is_local(wanted["url"]):
        environments.update(found.id, name=name, url=None)
        return ""
    environments.update(found.id, name=name, url=str(wanted["url"]))
    if full_url(found.url) == wanted["url"]:
        return ""
    docker = clients_of_run.current().portainer(PortainerServer.from_input(wanted["server"])).docker(found.id)
    # What has answered before was asked under the old URL.
    docker = docker.beside(found.id)
    try:
        docker.ping()
    except ProductError as error:
        environments.update(found.id, name=name, url=full_url(found.url))
        return f"{UnreachableError.label}: no agent answers at {wanted['url']}, so the old URL is kept: {told(error)}"
    return ""


def _needs_update(found: Environment, wanted: Properties) -> bool:
    from phoenix_providers.operations.stacks.environment_lookup import full_url, is_local, keeps_name

    if found.name != wanted["environment"] and not keeps_name(wanted):
        return True
    return not is_local(wanted["url"]) and full_url(found.url) != wanted["url"]


def _inputs(props: Properties) -> Properties:
    return {key: props.get(key) for key in ("resource", *_INPUTS, "named", "blocked")}
