"""The Docker side of an environment, asked through Portainer's proxy, since Portainer's own status is late."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from phoenix_providers.clients.cache import Cached, Dated
from phoenix_providers.clients.docker.records import (
    ComposeObject,
    DockerContainer,
    ListedContainer,
    plain_log,
    pull_failure,
)
from phoenix_providers.clients.json_record import JsonRecord
from phoenix_providers.clients.portainer.environments import PortainerEnvironments
from phoenix_providers.clients.portainer.registries import PortainerRegistries
from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clients.portainer.silence import EngineSilentError, who_is_silent
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import AmbiguousWriteError, ConflictError, NotFoundError, ProductError, UnreachableError
from phoenix_providers.models.image_name import familiar_name, registry_of

# How long Docker waits for a container that names no time of its own, and longer than any that we wait for one that
# asks to be waited for without an end.
_DEFAULT_STOP_SECONDS, _LONGEST_STOP_SECONDS = 10.0, 3600.0
# How much longer than the engine may take itself its answer is waited for.
_MARGIN_SECONDS = 15.0
_PAUSE_SECONDS = 0.5
# For how long an engine that did not answer is not asked again by the next stack.
_SILENT_SECONDS = 10.0
# For how long one that has answered, to whatever question, counts as one that does; what is asked next tells better.
_ANSWERED_SECONDS = 10.0
_FORBIDDEN = 403


class DockerProxy:
    """The engine of one environment. An engine that does not answer raises `UnreachableError`.

    One list of containers serves all stacks of the environment; only containers that do not run are looked at one by
    one, since only their description says whether they were meant to end.
    """

    def __init__(
        self,
        session: PortainerSession,
        environment_id: int,
        clock: Clock,
        registries: PortainerRegistries,
        environments: PortainerEnvironments,
    ) -> None:
        self._session = session
        self._clock = clock
        self._registries = registries
        self._environments = environments
        self._environment_id = environment_id
        self._pinging = threading.Lock()
        self._silent: tuple[float, EngineSilentError] | None = None
        self._base = f"/api/endpoints/{environment_id}/docker"
        self._list = Cached(self._read_list, clock)
        self._images = Cached(self._image_names, clock)
        self._answered: float | None = None

    def ping(self) -> None:
        """Raise unless the engine answers, or has just done so.

        Of one that does not, all who ask within a short time are told the same.
        """
        with self._pinging:
            if self._silent is not None and self._clock.now() - self._silent[0] < _SILENT_SECONDS:
                raise self._silent[1]
            if self._answered is not None and self._clock.now() - self._answered < _ANSWERED_SECONDS:
                return
            try:
                self._read("/version")
            except EngineSilentError as error:
                self._silent = self._clock.now(), error
                raise
            self._silent = None

    def version(self) -> str:
        """Return the engine's version; proves that it answers."""
        return str(dict(self._read("/version").data or {}).get("Version") or "of no version")

    def beside(self, environment_id: int) -> DockerProxy:
        """Return the engine of another environment."""
        return DockerProxy(self._session, environment_id, self._clock, self._registries, self._environments)

    def everything(self, at_most: float | None = None) -> tuple[ListedContainer, ...]:
        """Return all containers, foreign ones too, from a list that is at most so many seconds old."""
        return self._list.get(at_most)

    def since(self, moment: float) -> Dated[tuple[ListedContainer, ...]]:
        """Return all containers from a list that was read at that moment or later, with its own."""
        return self._list.dated(moment)

    def listed(self, project: str, at_most: float | None = None) -> tuple[ListedContainer, ...]:
        """Return the containers of one compose project, without those of `compose run`."""
        return tuple(item for item in self.everything(at_most) if item.project == project and not item.one_off)

    def containers(
        self, project: str, *, at_most: float | None = None, closely: bool = False
    ) -> tuple[DockerContainer, ...]:
        """Return the containers of one project; one that disappears meanwhile is left out.

        With `closely` each of them is looked at, which also tells how often it was restarted.
        """
        return self.described(self.listed(project, at_most), closely=closely)

    def described(self, listed: Iterable[ListedContainer], *, closely: bool = False) -> tuple[DockerContainer, ...]:
        """Do the same with containers from a list."""
        found = []
        for item in listed:
            if item.state == "running" and not closely:
                found.append(item.running())
                continue
            try:
                found.append(DockerContainer.from_inspection(item, self._read(f"/containers/{item.id}/json").data))
            except NotFoundError:
                continue
        return tuple(found)

    def forget(self) -> None:
        """Make the next look a fresh one."""
        self._list.forget()

    def logs(self, container_id: str, lines: int = 10) -> str:
        """Return the last log lines."""
        params = {"stdout": "1", "stderr": "1", "tail": str(lines)}
        return plain_log(self._read(f"/containers/{container_id}/logs", params).content)

    def has_image(self, image: str) -> bool:
        """Whether the engine has an image of this name; what the shared list does not show is asked for by itself."""
        name = familiar_name(image)
        if name in self._images.get():
            return True
        try:
            self._read(f"/images/{quote(image, safe='/:@')}/json")
        except NotFoundError:
            return False
        self._images.amend(lambda held: held | {name})
        return True

    def image_id(self, image: str) -> str:
        """Return the identifier of the image that the engine has under this name; empty for none."""
        try:
            return str(self._read(f"/images/{quote(image, safe='/:@')}/json").data["Id"])
        except NotFoundError:
            return ""

    def image_digest(self, image: str) -> str:
        """Return the digest under which a registry gave an image, by its name or identifier; empty if none did."""
        try:
            known = self._read(f"/images/{quote(image, safe='/:@')}/json").data.get("RepoDigests") or ()
        except NotFoundError:
            return ""
        return next((str(one).partition("@")[2] for one in known), "")

    def image_names(self) -> frozenset[str]:
        """Return all names, with tags and with digests, under which the engine has images."""
        return self._images.get()

    def _image_names(self) -> frozenset[str]:
        listed = self._read("/images/json").data or ()
        return frozenset(name for item in listed for key in ("RepoTags", "RepoDigests") for name in item.get(key) or ())

    def networks(self) -> tuple[ComposeObject, ...]:
        """Return all networks."""
        return tuple(ComposeObject.from_api(item, "network") for item in self._read("/networks").data or ())

    def volumes(self) -> tuple[ComposeObject, ...]:
        """Return all named volumes."""
        found = self._read("/volumes").data.get("Volumes") or ()
        return tuple(ComposeObject.from_api(item, "volume") for item in found)

    def has_network(self, name: str) -> bool:
        """Whether a container could be put on a network of this name, or number; of a swarm nobody can tell before."""
        if any(name in {item.name, item.id} for item in self.networks()):
            return True
        # A swarm makes its networks on a machine once somebody there needs them.
        swarm = (self._read("/info").data or {}).get("Swarm") or {}
        return str(swarm.get("LocalNodeState") or "inactive") != "inactive"

    def has_volume(self, name: str) -> bool:
        """Whether there is a volume of this name; a list from which a plugin's are missing cannot say no."""
        data = self._read("/volumes").data or {}
        return bool(data.get("Warnings")) or any(item.get("Name") == name for item in data.get("Volumes") or ())

    def pull(self, image: str, timeout: float) -> None:
        """Fetch an image, so that the deploy itself cannot fail for want of it.

        Portainer puts the sign-in of the image's registry in, if it has that registry.

        Raises:
            ProductError: With the engine's words, if the registry does not give it.
        """
        name, tag = _name_and_tag(image)
        host = registry_of(image)
        registry = self._registries.at(host)
        sign_in = {"X-Registry-Auth": _by_number(registry.id)} if registry is not None else {}
        as_whom = f"as {registry.user}" if registry is not None else "without a sign-in"
        params = {"fromImage": name, "tag": tag}
        self._images.forget()
        try:
            answer = self._session.write(
                "POST", f"{self._base}/images/create", params=params, headers=sign_in, timeout=timeout
            )
        except (UnreachableError, AmbiguousWriteError):
            raise
        except ProductError as error:
            failure, status = error.explanation.seen, error.status
        else:
            failure, status = pull_failure(answer.text), None
        finally:
            self._images.forget()
        if failure:
            raise ProductError(
                f"The image {image} cannot be pulled",
                seen=f"{failure} (asked {host} {as_whom})",
                next_step=f"docker pull {image}   (on that machine shows the same)",
                status=status,
            )

    def stop_seconds(self, project: str) -> float:
        """Return the longest time that a running container of a project may take to stop."""
        running = [item.id for item in self.listed(project) if item.state not in {"exited", "created", "dead"}]
        found = [self._inspected(container_id) for container_id in running]
        return max((_stop_seconds(data) for data in found if data is not None), default=0.0)

    def remove(self, container_id: str) -> None:
        """Stop a container, for as long as it may take by itself, and remove it; its volumes stay.

        "Already gone" is fine, and so is one that somebody else removes at the same time.

        Raises:
            ProductError: It is still there, with the engine's reason.
        """
        self.forget()
        data = self._inspected(container_id)
        if data is None:
            return
        try:
            self._stop(container_id, _stop_seconds(data) + _MARGIN_SECONDS)
            self._delete(container_id)
        except NotFoundError:
            return
        finally:
            self.forget()

    def unpause(self, container_id: str) -> None:
        """Let a paused container go on; one that is not paused any more, or gone, is fine."""
        self.forget()
        try:
            self._session.write("POST", f"{self._base}/containers/{container_id}/unpause")
        except UnreachableError:
            raise
        except ProductError:
            data = self._inspected(container_id)
            if data is not None and data["State"]["Status"] == "paused":
                raise

    def _stop(self, container_id: str, seconds: float) -> None:
        """Have it stopped; what stands before the engine may lose patience earlier than that stops it.

        A second request comes only when the first one has surely had no effect: some programs take a second signal for
        an order to end at once.
        """
        for last in (False, True):
            deadline = Deadline.after(self._clock, seconds)
            try:
                # Without a time of ours Docker gives the container its own.
                self._session.write("POST", f"{self._base}/containers/{container_id}/stop", timeout=seconds)
            except AmbiguousWriteError:
                while (data := self._inspected(container_id)) is not None and data["State"]["Running"]:
                    if not deadline.passed:
                        self._clock.sleep(_PAUSE_SECONDS)
                    elif last:
                        raise
                    else:
                        break
                else:
                    return
            else:
                return

    def _delete(self, container_id: str) -> None:
        """Delete it, again if that is unclear; while somebody else is removing it, the engine calls that a conflict."""
        deadline = Deadline.after(self._clock, _MARGIN_SECONDS)
        while True:
            try:
                path = f"{self._base}/containers/{container_id}"
                self._session.write("DELETE", path, params={"force": "1", "v": "0"})
            except (AmbiguousWriteError, ConflictError):
                if self._inspected(container_id) is None:
                    return
                if deadline.passed:
                    raise
                self._clock.sleep(_PAUSE_SECONDS)
            else:
                return

    def _inspected(self, container_id: str) -> JsonRecord | None:
        """Return all about a container; None if it is gone."""
        try:
            data: JsonRecord = self._read(f"/containers/{container_id}/json").data
        except NotFoundError:
            return None
        return data

    def _read_list(self) -> tuple[ListedContainer, ...]:
        data = self._read("/containers/json", {"all": "1"}).data
        return tuple(ListedContainer.from_api(item) for item in data or ())

    def _read(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        try:
            answer = self._session.read(f"{self._base}{path}", params)
        except ProductError as error:
            explanation = error.explanation
            if error.status == _FORBIDDEN and "signature" in explanation.seen:
                raise EngineSilentError(
                    "The agent obeys another Portainer",
                    where=explanation.where,
                    seen=explanation.seen,
                    next_step="restart the agent's container; if both share a secret, give it this one's AGENT_SECRET",
                ) from None
            # A socket that nobody serves is a 500 of Portainer itself; only Docker answers 404 to a known path.
            if not isinstance(error, UnreachableError) and (error.status is None or error.status < 500):
                raise
            raise who_is_silent(error, self._environments, self._environment_id) from None
        self._answered = self._clock.now()
        return answer


def _stop_seconds(data: JsonRecord) -> float:
    own = (data.get("Config") or {}).get("StopTimeout")
    seconds = _DEFAULT_STOP_SECONDS if own is None else float(own)
    return seconds if 0 <= seconds < _LONGEST_STOP_SECONDS else _LONGEST_STOP_SECONDS


def _name_and_tag(image: str) -> tuple[str, str]:
    """Split an image's name the way Docker wants it; without a tag all tags would be pulled."""
    name, at, digest = image.partition("@")
    if at:
        return name, digest
    before, colon, tag = image.rpartition(":")
    return (before, tag) if colon and "/" not in tag else (image, "latest")


def _by_number(registry_id: int) -> str:
    """Name a registry the way Portainer's proxy wants it, which has the password."""
    return base64.b64encode(json.dumps({"registryId": registry_id}).encode()).decode()
