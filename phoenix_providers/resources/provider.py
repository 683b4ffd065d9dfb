"""What all providers share: settings, values as they were before they went to the engine, errors without tracebacks.

Providers hold no state of their own: their serialized form stays about 40 characters and equal from run to run.
"""

from __future__ import annotations

import functools
import gc
import json
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar

from pulumi.dynamic import (
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import Unknown

from phoenix_providers.errors import ConfigurationError, Explanation, PhoenixError, ProductError
from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.models.observed import AS_DECLARED
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.redaction import redact
from phoenix_providers.resources.by_line import by_line, whole
from phoenix_providers.resources.engine_values import from_engine, to_engine
from phoenix_providers.resources.nested_inputs import as_declared
from phoenix_providers.resources.packed_values import packed, unpacked
from phoenix_providers.resources.shown_changes import note_changes, tell_changes
from phoenix_providers.resources.shown_items import changed_items, only_items, without_items
from phoenix_providers.resources.side_by_side_calls import answer_more_calls
from phoenix_providers.resources.unknown_values import has_unknown

if TYPE_CHECKING:
    from phoenix_providers.operations.clients_of_run import Configuration


Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

PROVIDER_KEY = "__provider"
_METHODS = ("check", "diff", "create", "read", "update", "delete")
_CONFIGURE = "configure"
# What tells resources of one provider apart.
_TELLING = ("resource", "scope", "file")
# Python looks for circles of garbage after each 700 objects. Here that is in vain, and takes a tenth of the process.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
# Where a result of the SDK has properties.
_RESULT_PROPERTIES = ("inputs", "outs")


class PhoenixProvider(ResourceProvider):
    """Base of the dynamic providers; its subclasses' names are stored in the state of every user."""

    serialize_as_secret_always: ClassVar[bool] = False  # type: ignore[misc]
    # Inputs that one run tells its providers: whoever works in that run gets them, and the state never does.
    of_one_run: ClassVar[tuple[str, ...]] = ()
    # Inputs that are no outputs as well: neither `read` nor `delete` nor the program needs them from there.
    stored_once: ClassVar[tuple[str, ...]] = ()
    # Nested data that is one text in the state (see `packed`).
    stored_as_text: ClassVar[tuple[str, ...]] = ()
    # Inputs that `--diff` shows line by line, or on one line, and never as an object (see `by_line`).
    stored_by_line: ClassVar[tuple[str, ...]] = ()
    # What only we read: `--diff` does not show that it changes (see `shown_changes`).
    unshown: ClassVar[tuple[str, ...]] = ()
    # What need not be shown where one of its items is (see `shown_items`).
    shown_by_items: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let every method see, and give, properties as they were declared, and raise nothing but readable errors."""
        super().__init_subclass__(**kwargs)
        for name in _METHODS:
            # The SDK's own check gives back what it is given: it has to be given what was declared.
            if name in cls.__dict__ or (name == "check" and cls.check is ResourceProvider.check):
                setattr(cls, name, _across_engine(name, getattr(cls, name)))
        if _CONFIGURE in cls.__dict__:
            cls.configure = user_facing_errors(cls.__dict__[_CONFIGURE])  # type: ignore[method-assign]

    def about(self, _key: str, _stored: str) -> str:
        """Return what one of the inputs that are stored line by line is about, in a few words."""
        return ""

    def configure(self, req: ConfigureRequest) -> None:
        """Take settings and credentials from the stack configuration."""
        is_plugin = _is_plugin_process()
        if is_plugin:
            sys.tracebacklimit = 0
            gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
            answer_more_calls()
            tell_changes()
        _configure(req.config, watching=is_plugin)


def user_facing_errors(method: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Turn our errors into ones that the engine prints as we wrote them, without a traceback."""

    @functools.wraps(method)
    def wrapper(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return method(*args, **kwargs)
        except PhoenixError as error:
            raise _as_shown(error) from None

    return wrapper


def unless_unknown(value: Any, otherwise: Any) -> Any:
    """Return the value, or what to take for one that nobody knows before the run."""
    return otherwise if isinstance(value, Unknown) else value


def known_part(properties: StoredProperties) -> Properties:
    """Return the properties without those that nobody knows before the run."""
    return {key: value for key, value in properties.items() if not has_unknown(value)}


def without_provider_key(properties: StoredProperties) -> Properties:
    """Return the properties without the serialized provider."""
    return _Stored({key: value for key, value in properties.items() if key != PROVIDER_KEY})


def differs(olds: StoredProperties, news: StoredProperties, keys: tuple[str, ...]) -> bool:
    """Whether any of the keys changed; what is not known yet counts as changed."""
    return isinstance(news, Unknown) or any(
        has_unknown(news.get(key)) or olds.get(key) != news.get(key) for key in keys
    )


class _Stored(Properties):
    """Properties that say what is missing, in a state that another version has written, as all our errors do."""

    def __or__(self, other: StoredProperties) -> _Stored:  # type: ignore[override]
        return _Stored({**self, **other})

    def __missing__(self, key: str) -> Any:
        raise ProductError(
            f"the state of this resource has no {key!r}",
            where=str(self.get("resource") or ""),
            seen=f"properties {', '.join(sorted(without_provider_key(self)))}" if self else "no properties",
            expected="what this version of Phoenix Sync writes",
            next_step="pulumi state delete, for this resource alone; the next run adopts what is there",
        )


@user_facing_errors
def _configure(config: Configuration, *, watching: bool) -> None:
    from phoenix_providers.operations.proxmox.plugin_watchdog import start_watch

    try:
        is_first = clients_of_run.configure(config)
        proxmox = clients_of_run.proxmox_endpoint(config)
        if is_first and watching and proxmox:
            start_watch(clients_of_run.current(), proxmox)
    except (OSError, TypeError, ValueError) as error:
        # Its text may repeat a secret, and nobody knows yet which texts are secret.
        raise ConfigurationError("The settings of the Pulumi stack cannot be used", (_unusable(error),)) from None


def _unusable(error: Exception) -> Explanation:
    return Explanation(
        "a value among them cannot be read",
        seen=f"{type(error).__name__} (its text is not shown: it may hold a secret)",
        expected="addresses as https://HOST:PORT, and files that this user may read",
        next_step="pulumi config   (shows them; `pulumi config set KEY VALUE` mends one)",
    )


def _across_engine(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """Give a method properties as they were declared, and the engine what it can carry and the state shall have."""

    @user_facing_errors
    @functools.wraps(method)
    def wrapper(self: PhoenixProvider, *args: Any) -> Any:
        given = tuple(declared_by(self, one) if isinstance(one, Mapping) else one for one in args)
        completed = _completed(self, name, given)
        result = method(self, *completed)
        if name == "diff":
            shown = clients_of_run.notes().shown_items.get(_place(self, completed[-1]), ())
            unshown = (*self.unshown, *self.shown_by_items) if shown else self.unshown
            # The engine shows differences between inputs; a refresh compares before anybody has seen the old ones.
            before = clients_of_run.notes().shown_before.get(_place(self, completed[-1]), completed[-2])
            note_changes(before, completed[-1], unshown, shown)
        if name == "check":
            _keep_for_this_run(self, given, result)
            _keep_shown(self, args, given, result)
        for key in _RESULT_PROPERTIES:
            if (properties := getattr(result, key, None)) is not None:
                setattr(result, key, _in_engine(self, properties))
        if name in {"check", "read"} and result.inputs is not None:
            before = args[0] if name == "check" else {}
            lines = {
                key: by_line(result.inputs[key], before.get(key), functools.partial(self.about, key))
                for key in self.stored_by_line
                if key in result.inputs
            }
            result.inputs = {**result.inputs, **lines}
        if name == "read" and result.outs == _in_engine(self, given[1]):
            # Nothing has changed: the inputs stay exactly as they are stored.
            result.inputs = None
        if getattr(result, "outs", None) is not None:
            left_out = {*self.of_one_run, *self.stored_once}
            result.outs = {key: value for key, value in result.outs.items() if key not in left_out}
        return result

    return wrapper


def declared_by(provider: PhoenixProvider, properties: StoredProperties) -> Properties:
    """Return properties as they were declared, whatever the engine has made of them."""
    properties = without_items(as_declared(properties))
    lines = {key: whole(properties[key]) for key in provider.stored_by_line if key in properties}
    properties = {**properties, **lines}
    texts = {key: unpacked(properties[key]) for key in provider.stored_as_text if key in properties}
    return _Stored(from_engine({**properties, **texts}))


def _in_engine(provider: PhoenixProvider, properties: StoredProperties) -> Properties:
    """Return properties as the engine can carry them, and as the state shall have them."""
    carried = to_engine({key: value for key, value in properties.items() if key != PROVIDER_KEY})
    texts = {key: packed(carried[key]) for key in provider.stored_as_text if key in carried}
    return {**carried, **texts}


def _completed(provider: PhoenixProvider, name: str, given: tuple[Any, ...]) -> tuple[Any, ...]:
    """Add what the state does not have: to new inputs what is of this run, to old outputs what only inputs have."""
    if name not in {"create", "diff", "update"} or not (provider.of_one_run or provider.stored_once):
        return given
    notes, news = clients_of_run.notes(), given[-1]
    place = _place(provider, news)
    now = _Stored(notes.of_one_run.get(place, {})) | news
    if name == "create":
        return (now,)
    # A refresh compares before anything is checked, and with the inputs that are stored.
    before = notes.inputs_before.get(place, news)
    olds = _Stored({key: before[key] for key in provider.stored_once if key in before}) | given[1]
    return (given[0], olds, now)


def _keep_for_this_run(provider: PhoenixProvider, given: tuple[Any, ...], result: CheckResult) -> None:
    if provider.of_one_run or provider.stored_once:
        notes, place, inputs = clients_of_run.notes(), _place(provider, given[-1]), result.inputs
        notes.of_one_run[place] = {key: inputs[key] for key in provider.of_one_run if key in inputs}
        notes.inputs_before[place] = given[0]
        result.inputs = {key: value for key, value in inputs.items() if key not in provider.of_one_run}


def _keep_shown(provider: PhoenixProvider, args: tuple[Any, ...], given: tuple[Any, ...], result: CheckResult) -> None:
    """Note the inputs of before, and which of those that are there to be shown are others now."""
    if given[0]:
        clients_of_run.notes().shown_before[_place(provider, given[-1])] = given[0]
    before, now = only_items(args[0] or {}), only_items(result.inputs or {})
    if before or now:
        clients_of_run.notes().shown_items[_place(provider, given[-1])] = changed_items(before, now)


def _place(provider: PhoenixProvider, props: StoredProperties) -> tuple[str, str]:
    """Tell resources of one process apart; the engine does not say to a check which one it is about."""
    return type(provider).__name__, json.dumps([props.get(key) for key in _TELLING], sort_keys=True, default=str)


def told(error: PhoenixError) -> str:
    """Return an error's text without what nobody may see; products repeat what they were given."""
    return redact(str(error), clients_of_run.secret_values())


def _as_shown(error: PhoenixError) -> Exception:
    """Make an exception whose printed form is our message.

    Python prints `module.Class: text`; a class of `builtins` is printed without its module.
    """
    shown = type(error.label, (Exception,), {"__module__": "builtins"})
    result: Exception = shown(told(error))
    return result


def _is_plugin_process() -> bool:
    """Whether the engine started this process: there users never see a traceback. Neither tests nor the program."""
    main = sys.modules.get("__main__")
    return getattr(getattr(main, "__spec__", None), "name", "") == "pulumi.dynamic.__main__"


__all__ = [
    "AS_DECLARED",
    "PROVIDER_KEY",
    "CreateResult",
    "DiffResult",
    "PhoenixProvider",
    "Properties",
    "ReadResult",
    "UpdateResult",
    "differs",
    "has_unknown",
    "known_part",
    "told",
    "unless_unknown",
    "user_facing_errors",
    "without_provider_key",
]
