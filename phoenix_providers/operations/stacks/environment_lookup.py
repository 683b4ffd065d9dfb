"""Finding the environment that is meant among those that Portainer has."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_providers.clients.portainer.records import Environment
from phoenix_providers.errors import ConflictError, UnsafeError
from phoenix_providers.models.engine_properties import StoredProperties

_LOCAL_SOCKET = "unix:///var/run/docker.sock"
_AGENT = 2


def find_environment(all_: Sequence[Environment], wanted: StoredProperties, known_id: int) -> Environment | None:
    """By id, then by name, then by URL.

    Raises:
        ConflictError: Several fit, or the one that fits is no agent; only the user can solve that.
        UnsafeError: It is on a Docker socket of its own.
    """
    if is_local(wanted["url"]):
        return _find_local(all_, wanted)
    found = by_id(all_, known_id)
    named = [item for item in all_ if item.name == wanted["environment"]]
    if len(named) > 1 and found is None:
        raise _several(f"the name {wanted['environment']}", named, "one; names have to differ")
    candidate = found or (named[0] if named else None)
    if candidate is not None and candidate.kind != _AGENT:
        raise ConflictError(
            f"Portainer's environment {candidate.name} is no agent",
            seen=candidate.url or f"type {candidate.kind}",
            expected=f"the agent at {wanted['url']}",
            next_step="rename or remove that environment on Portainer's page Environments",
        )
    if candidate is not None:
        return candidate
    same_url = [item for item in all_ if full_url(item.url) in (wanted["url"], wanted["by_address"])]
    if len(same_url) > 1:
        raise _several(f"the URL {wanted['url']}", same_url, f"one, or one that is named {wanted['environment']!r}")
    return same_url[0] if same_url else None


def own_environment(all_: Sequence[Environment], known: StoredProperties, *, other_data: bool) -> Environment | None:
    """Return the environment that the state is about, by its number.

    Where a state does not say to which data of Portainer the number belongs, name or URL have to bear it out.
    """
    found = by_id(all_, int(known.get("environment_id") or 0))
    if found is None or other_data:
        return None
    return found if known.get("instance") or _resembles(found, known) else None


def by_id(all_: Sequence[Environment], environment_id: int) -> Environment | None:
    """Return the environment with this number."""
    return next((item for item in all_ if item.id == environment_id), None)


def full_url(url: str) -> str:
    """Return a URL with its scheme; Portainer drops it from agents' addresses in some versions."""
    return url if "://" in url else f"tcp://{url}"


def is_local(url: object) -> bool:
    """Whether it is a Docker socket on the server's own machine."""
    return str(url).startswith("unix://")


def keeps_name(props: StoredProperties) -> bool:
    """Whether the name is only our default for the server's own environment, which keeps the one that it has."""
    return is_local(props["url"]) and props.get("named") is False


def _resembles(found: Environment, known: StoredProperties) -> bool:
    if is_local(known["url"]):
        return is_local(found.url)
    return found.name == known["environment"] or full_url(found.url) in (known["url"], known.get("by_address"))


def _find_local(all_: Sequence[Environment], wanted: StoredProperties) -> Environment | None:
    """Return the environment on the server's default socket.

    Up to 2.39 the stacks of any other socket would be deployed to the default one all the same, beside what runs there.
    """
    sockets = [item for item in all_ if item.url.startswith("unix://")]
    custom = [item for item in sockets if item.name == wanted["environment"] and item.url != _LOCAL_SOCKET]
    if custom or wanted["url"] != _LOCAL_SOCKET:
        raise UnsafeError(
            "An environment on a Docker socket of its own cannot be used",
            seen=custom[0].url if custom else str(wanted["url"]),
            expected=f"{_LOCAL_SOCKET}, or an agent for a second Docker engine: Portainer up to 2.39 deploys every "
            "stack of a unix:// environment to the default socket, whatever it names",
            next_step="run Portainer's agent for that engine, and give its VM the role agent",
        )
    local = [item for item in sockets if item.url == _LOCAL_SOCKET]
    named = [item for item in local if item.name == wanted["environment"]]
    return next(iter(named or local), None)


def _several(what: str, found: Sequence[Environment], expected: str) -> ConflictError:
    return ConflictError(
        f"Several environments of Portainer have {what}",
        seen=", ".join(f"{item.name} (id {item.id})" for item in found),
        expected=expected,
        next_step="delete or rename the others on Portainer's page Environments",
    )
