"""What a preview sees of images: which of them no registry has, and which could not be asked for.

Stacks note what is new about theirs while they are compared; the verdict, which comes last, asks for all of them at
once. A short look without fetching anything. Silence is no fault, and no preview fails for it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from phoenix_providers.clients.docker.registry_look import RegistrySignIn
from phoenix_providers.clock import Deadline
from phoenix_providers.errors import PhoenixError, ProductError, UnreachableError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.image_name import familiar_name, registry_of
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun, PortainerAccess
from phoenix_providers.operations.side_by_side import side_by_side
from phoenix_providers.operations.stacks.environment_lookup import by_id
from phoenix_providers.operations.stacks.new_images import NewImages, Redact
from phoenix_providers.operations.stacks.portainer_data import is_of_other_data
from phoenix_providers.planning.compose.compose_reading import reading_of
from phoenix_providers.planning.stacks.image_outlook import ImageFinding, image_outlook
from phoenix_providers.planning.stacks.needed_images import ALWAYS, NEVER, needed_images, never_fetched, not_fetched
from phoenix_providers.planning.stacks.registry_words import says_no

# For what all engines have, and what all registries say.
_SECONDS = 5.0
CONTENT = ("project", "environment", "compose", "env")


@dataclass(frozen=True)
class _Engine:
    """One environment; `images` are those that are there already."""

    access: PortainerAccess
    number: int
    images: Collection[str]


@dataclass(frozen=True)
class _Stack:
    """What a stack needs that it did not have before: pull policies by image."""

    name: str
    props: StoredProperties = field(repr=False)
    images: Mapping[str, str]
    redact: Redact

    @property
    def place(self) -> str:
        return f"{json.dumps(self.props['server'], sort_keys=True)} {self.props['environment']}"


def note(olds: StoredProperties, news: StoredProperties, redact: Redact, *, is_known: bool) -> None:
    """Remember a stack whose content is new, or could not be deployed as it is; forget it if it is not so any more.

    Args:
        olds: The stack as it was.
        news: What is known of what it becomes.
        redact: Takes secrets out of a text.
        is_known: Whether all of its content is.
    """
    current = clients_of_run.opened()
    if current is None:
        return
    name = str(news.get("resource") or "")
    content = [news.get(key) for key in CONTENT]
    same = not _is_open(olds) and content == [olds.get(key) for key in CONTENT]
    if same or news.get("blocked") or not is_known:
        current.notes.new_images.pop(name, None)
    else:
        current.notes.new_images[name] = NewImages(dict(olds), dict(news), redact)


def foresee_images(current: ClientsOfRun, names: Collection[str], registries: Iterable[Mapping[str, str]]) -> list[str]:
    """Return what to say, each once.

    Args:
        current: Clients, and what stacks have noted, which is forgotten here.
        names: Stacks of this run.
        registries: Private ones that the files declare: `url`, `user`, and the name of the `secret`.
    """
    noted, current.notes.new_images = current.notes.new_images, {}
    stacks = [_stack(name, one) for name, one in sorted(noted.items()) if name in names]
    deadline = Deadline.after(current.clock, _SECONDS)
    engines = side_by_side(
        {stack.place: partial(_engine, current, stack.props) for stack in stacks if stack.images}, deadline
    )
    sign_ins = {one["url"]: _sign_in(current, one) for one in registries}
    looks = {
        (stack.place, image): partial(_look, engine, image, policy, sign_ins.get(registry_of(image)))
        for stack in stacks
        if isinstance(engine := engines.get(stack.place), _Engine)
        for image, policy in stack.images.items()
        if _is_asked(image, policy, engine)
    }
    found: dict[tuple[str, str], str | PhoenixError] = side_by_side(looks, deadline)
    findings = [one for stack in stacks for one in _findings(stack, engines.get(stack.place, _late()), found)]
    refused = {one.stack for one in findings if one.refusal}
    current.notes.refused_images = {
        name: [one.refusal for one in findings if one.refusal and one.stack == name] for name in refused
    }
    return image_outlook(findings)


def _findings(
    stack: _Stack, engine: _Engine | PhoenixError, found: Mapping[tuple[str, str], str | PhoenixError]
) -> Iterator[ImageFinding]:
    for image, policy in stack.images.items():
        if isinstance(engine, PhoenixError):
            said: str | PhoenixError = engine
        elif _is_asked(image, policy, engine):
            said = found.get((stack.place, image), _late())
        else:
            continue
        if isinstance(said, PhoenixError):
            yield ImageFinding(stack.name, stack.redact(image), unclear=stack.redact(_reason(said)))
        else:
            yield ImageFinding(stack.name, stack.redact(image), refusal=stack.redact(said))


def _is_asked(image: str, policy: str, engine: _Engine) -> bool:
    return policy == ALWAYS or familiar_name(image) not in engine.images


def _stack(name: str, noted: NewImages) -> _Stack:
    olds, news = noted.olds, noted.news
    same_place = all(olds.get(key) == news[key] for key in ("project", "environment"))
    had = images_of(olds) if same_place and not _is_open(olds) else {}
    return _Stack(name, news, {one: policy for one, policy in images_of(news).items() if one not in had}, noted.redact)


def _is_open(olds: StoredProperties) -> bool:
    """Whether Portainer never had the stack, or its images could not be had the last time."""
    return not olds.get("stack_id") or bool(olds.get("failure") and olds.get("unpulled"))


def images_of(props: StoredProperties) -> dict[str, str]:
    """Return the images of a stack with their pull policies; of a text that cannot be read, which is told, none."""
    reading = reading_of(str(props.get("project") or ""), str(props.get("compose") or ""), props.get("env") or {})
    return needed_images(reading.compose) if reading.compose is not None else {}


def _sign_in(current: ClientsOfRun, registry: Mapping[str, str]) -> RegistrySignIn | None:
    password = current.secret(registry["secret"])
    return RegistrySignIn(registry["url"], registry["user"], password) if password is not None else None


def _engine(current: ClientsOfRun, stack: StoredProperties) -> _Engine:
    """Find the environment, though its number may not be known before the run, and see which images are there.

    Raises:
        PhoenixError: It is not there yet, or nobody answers.
    """
    if "portainer" in (current.notes.not_ready or {}):
        # Why is told already.
        raise UnreachableError("Portainer is not ready", next_step="pulumi up   (waits for it)")
    access = current.portainer(PortainerServer.from_input(stack["server"]))
    number = int(stack.get("environment_id") or 0)
    instance = stack.get("environment_instance") or ""
    known = access.environments.all()
    found = by_id(known, number) if number and not is_of_other_data(instance, access.session) else None
    named = [item for item in known if item.name == stack["environment"]]
    if found is None and len(named) == 1:
        found = named[0]
    if found is None:
        raise ProductError(
            f"Portainer has no environment {stack['environment']} yet", next_step="phoenix sync all   (makes it)"
        )
    return _Engine(access, found.id, access.docker(found.id).image_names())


def _look(engine: _Engine, image: str, policy: str, sign_in: RegistrySignIn | None) -> str:
    """Return why an image will not be had; empty if it will.

    Raises:
        ProductError: Nobody can tell now.
    """
    docker, host = engine.access.docker(engine.number), registry_of(image)
    if policy == NEVER:
        return "" if docker.has_image(image) else never_fetched(image)
    try:
        digest = engine.access.registry_look(engine.number).ask(image, sign_in)
        engine.access.digests[engine.number, image] = digest
    except ProductError as error:
        seen = error.explanation.seen
        if not says_no(seen):
            raise
        # Names have more than one form, and the list shows one of them.
        if policy != ALWAYS and docker.has_image(image):
            return ""
        asked_as = sign_in.user if sign_in is not None else ""
        registry = engine.access.registries.at(host)
        if registry is not None and registry.user != asked_as:
            raise ProductError(
                f"only a pull signs in to {host} as {registry.user}", next_step=f"docker pull {image}   (on its VM)"
            ) from None
        return not_fetched(image, f"{seen} (asked {host} {f'as {asked_as}' if asked_as else 'without a sign-in'})")
    return ""


def _late() -> PhoenixError:
    return UnreachableError(f"no answer within {_SECONDS:g} s", next_step="pulumi up   (waits longer)")


def _reason(error: PhoenixError) -> str:
    """Say it in one line."""
    explanation = error.explanation
    return " ".join(": ".join(filter(None, (explanation.what, explanation.seen))).split())
