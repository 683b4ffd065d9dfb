"""A private registry of images at Portainer, for the stacks that use them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pulumi
from pydantic import SecretStr

from phoenix_providers.errors import ConflictError, PhoenixError, ProductError
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.redaction import redact
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
    without_provider_key,
)

if TYPE_CHECKING:
    from phoenix_providers.clients.portainer.records import Registry
    from phoenix_providers.clients.portainer.registries import PortainerRegistries


_INPUTS = ("server", "registry", "url", "user", "secret", "environments", "observed")


class PortainerRegistryProvider(PhoenixProvider):
    """Finds by name and address, then by address and user, adopts, creates, changes in place.

    The password is in no property: `secret` names it, and each run takes it from the settings. A registry that
    Portainer refuses is recorded as a failure; the stacks that need it say so themselves.
    """

    def create(self, props: Properties) -> CreateResult:
        """Adopt what is there, else create."""
        outputs = _recorded({}, props)
        clients_of_run.current().notes.ownership_transfers.note("registry", outputs["registry_id"], props["resource"])
        return CreateResult(str(props["resource"]), outputs)

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Look; a server that does not answer leaves everything as it was, marked to be looked at again."""
        from phoenix_providers.operations.stacks.portainer_data import OTHER_DATA, is_of_other_data

        kept = without_provider_key(props)
        kept["observed"] = props.get("failure") or AS_DECLARED
        try:
            access = clients_of_run.current().portainer(PortainerServer.from_input(props["server"]))
            if is_of_other_data(props.get("instance"), access.session):
                kept["observed"] = OTHER_DATA
                return ReadResult(id_, kept, _inputs(kept))
            found = _own(access.registries.all(), props)
        except ProductError as error:
            kept["observed"] = told(error)
            return ReadResult(id_, kept, _inputs(kept))
        if found is None and props.get("registry_id"):
            return ReadResult("", {})
        if found is not None:
            kept |= {"registry": found.name, "url": found.host, "user": found.user}
            if missing := _not_admitted(found, props["environments"], props.get("admitted") or ()):
                kept["observed"] = f"not among the registries of environments {', '.join(map(str, missing))}"
        return ReadResult(id_, kept, _inputs(kept))

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare; a recorded failure, or another password than the one that was sent last, is always work."""
        changes = bool(olds.get("failure")) or differs(olds, news, _INPUTS) or _other_password(olds, news)
        return DiffResult(changes=changes)

    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Change in place, keeping the number."""
        return UpdateResult(_recorded(olds, news))

    def delete(self, _id: str, props: Properties) -> None:
        """Delete it; images that are on the machines stay."""
        from phoenix_providers.operations.stacks.portainer_data import is_of_other_data

        access = clients_of_run.current().portainer(PortainerServer.from_input(props["server"]))
        if not props.get("registry_id") or is_of_other_data(props.get("instance"), access.session):
            return
        found = _own(access.registries.all(), props)
        if found is not None and not clients_of_run.current().notes.ownership_transfers.keep(
            "registry", found.id, props["resource"]
        ):
            access.registries.delete(found.id)


class PortainerRegistry(PhoenixResource, module="phoenix", name="PortainerRegistry"):
    """A registry of images.

    Args:
        name: Resource name.
        server: How Portainer is reached.
        registry: Its name at Portainer.
        url: Its host.
        user: Who signs in.
        secret: Name of the secret that is the password.
        environments: Numbers of the environments whose stacks need it; 0 for one that is not there.
        opts: Options for the engine.

    Attributes:
        failure: Why it is not as declared, or empty.
    """

    failure: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        server: PortainerServer,
        registry: str,
        url: str,
        user: str,
        secret: str,
        environments: Iterable[pulumi.Input[int]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs: Properties = {
            "resource": name,
            "server": server.as_input(),
            "registry": registry,
            "url": url,
            "user": user,
            "secret": secret,
            "environments": list(environments),
            "observed": AS_DECLARED,
            "registry_id": None,
            "failure": None,
            "instance": None,
            "password_digest": None,
            "admitted": None,
        }
        hidden = pulumi.ResourceOptions(additional_secret_outputs=["password_digest"])
        super().__init__(PortainerRegistryProvider(), name, inputs, pulumi.ResourceOptions.merge(hidden, opts))


def _recorded(olds: Properties, news: Properties) -> Properties:
    """Bring it to what is declared; what keeps it from that becomes an output."""
    from phoenix_providers.operations.password_digest import is_digest_of, new_digest
    from phoenix_providers.operations.stacks.portainer_data import is_of_other_data

    outputs = without_provider_key(news) | {
        "observed": AS_DECLARED,
        "failure": "",
        "registry_id": int(olds.get("registry_id") or 0),
        "instance": str(olds.get("instance") or ""),
        "password_digest": str(olds.get("password_digest") or ""),
        "admitted": list(olds.get("admitted") or ()),
    }
    password = _password(news)
    if password is None:
        return outputs | {"failure": f"the secret {news['secret']} is not set"}
    access = clients_of_run.current().portainer(PortainerServer.from_input(news["server"]))
    try:
        all_ = access.registries.fresh()
        if is_of_other_data(olds.get("instance"), access.session) or _own(all_, olds) is None:
            outputs |= {"registry_id": 0, "password_digest": "", "admitted": []}
        outputs["instance"] = access.session.instance
        found = _converged(news, password, outputs["registry_id"], outputs["password_digest"])
        outputs["registry_id"] = found.id
        _admit(found, news, outputs["admitted"])
    except PhoenixError as error:
        failure = redact(f"{error.label}: {told(error)}", [password.get_secret_value()])
        return outputs | {"failure": failure}
    if not is_digest_of(outputs["password_digest"], password):
        outputs["password_digest"] = new_digest(password)
    return outputs | {"admitted": _numbers(news["environments"])}


def _converged(wanted: Properties, password: SecretStr, known_id: int, digest: str) -> Registry:
    from phoenix_providers.operations.password_digest import is_digest_of

    registries = _registries(wanted)
    found = _found(registries.all(), wanted, known_id)
    if found is None:
        return _made(registries, wanted, password)
    if not _as_wanted(found, wanted) or not is_digest_of(digest, password) or found.id != known_id:
        arguments = {"name": wanted["registry"], "host": wanted["url"], "user": wanted["user"]}
        registries.update(found.id, **arguments, password=password)
    return found


def _own(all_: tuple[Registry, ...], known: Properties) -> Registry | None:
    """Return the registry that the state is about, by its number.

    Where a state does not say to which data of Portainer the number belongs, name or host have to bear it out.
    """
    found = _by_id(all_, int(known.get("registry_id") or 0))
    if found is None or known.get("instance") or found.name == known["registry"] or found.host == known["url"]:
        return found
    return None


def _found(all_: tuple[Registry, ...], wanted: Properties, known_id: int) -> Registry | None:
    """By number, then by name and address, then by address and user.

    Raises:
        ConflictError: Another registry has the name; whoever uses it there would sign in elsewhere.
    """
    if (known := _by_id(all_, known_id)) is not None:
        return known
    named = next((item for item in all_ if item.name == wanted["registry"]), None)
    if named is not None and named.host != wanted["url"]:
        raise ConflictError(
            f"Portainer has another registry of the name {named.name}",
            seen=named.host,
            expected=wanted["url"],
            next_step="rename one of the two: that one on Portainer's page Registries, or this one in the site file",
        )
    return named or next(
        (item for item in all_ if (item.host, item.user) == (wanted["url"], wanted["user"])),
        None,
    )


def _made(registries: PortainerRegistries, wanted: Properties, password: SecretStr) -> Registry:
    registries.create(wanted["registry"], wanted["url"], wanted["user"], password)
    if (made := _found(registries.fresh(), wanted, 0)) is not None:
        return made
    raise ProductError(
        "Portainer accepted the registry, but does not list it",
        seen=wanted["registry"],
        next_step="run the same command again: it looks before it writes",
    )


def _as_wanted(found: Registry, wanted: Properties) -> bool:
    return (found.name, found.host, found.user) == (wanted["registry"], wanted["url"], wanted["user"])


def _admit(found: Registry, wanted: Properties, admitted: Iterable[Any]) -> None:
    registries = _registries(wanted)
    for environment in _not_admitted(found, wanted["environments"], admitted):
        registries.admit(found.id, environment)


def _not_admitted(found: Registry, environments: Iterable[Any], admitted: Iterable[Any]) -> list[int]:
    """Return the environments that lack an entry; where the list shows none at all, what we did ourselves counts."""
    present = found.accesses or _numbers(admitted)
    return [number for number in _numbers(environments) if number not in present]


def _numbers(values: Iterable[Any]) -> list[int]:
    return [int(value) for value in values if value]


def _other_password(olds: Properties, news: Properties) -> bool:
    from phoenix_providers.operations.password_digest import is_digest_of

    password = _password(news)
    return password is not None and not is_digest_of(str(olds.get("password_digest") or ""), password)


def _password(props: Properties) -> SecretStr | None:
    return clients_of_run.current().secret(str(props["secret"]))


def _by_id(all_: tuple[Registry, ...], registry_id: int) -> Registry | None:
    return next((item for item in all_ if item.id == registry_id), None)


def _registries(props: Properties) -> PortainerRegistries:
    return clients_of_run.current().portainer(PortainerServer.from_input(props["server"])).registries


def _inputs(props: Properties) -> Properties:
    return {key: props.get(key) for key in ("resource", *_INPUTS)}
