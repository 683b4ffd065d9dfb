"""Which parts of a compose file are maps, and which are lists: nothing of another kind gets any further."""

from __future__ import annotations

from phoenix_providers.cli.stack_import.places import Places
from phoenix_providers.errors import UsageError
from phoenix_providers.models.wording import found
from phoenix_providers.planning.compose.parts import Part

_MAP, _LIST, _TEXT = "a map", "a list", "a text"
_SECTIONS = ("services", "volumes", "networks", "configs", "secrets")
_OF_A_SERVICE = {
    "environment": (_MAP, _LIST),
    "labels": (_MAP, _LIST),
    "env_file": (_TEXT, _LIST),
    "label_file": (_TEXT, _LIST),
    "volumes": (_LIST,),
    "configs": (_LIST,),
    "secrets": (_LIST,),
    "build": (_TEXT, _MAP),
}
_PLAIN_ENTRIES = ("environment", "labels", "label_file")


def check_kinds(tree: Part, places: Places) -> None:
    """Refuse what is neither absent nor of the kind that compose wants.

    Raises:
        UsageError: Compose would refuse it.
    """
    for name in _SECTIONS:
        section = tree.value.get(name)
        if section is None or section.value is None:
            continue
        _expect(section, (_MAP,), name, places)
        for key, part in section.value.items():
            if name == "services" or part.value is not None:
                _expect(part, (_MAP,), f"{name}.{key}", places)
            if name == "services":
                _check_service(key, part, places)
            elif part.is_map and "driver_opts" in part.value:
                _expect(part.value["driver_opts"], (_MAP,), f"{name}.{key}.driver_opts", places)


def _check_service(name: str, service: Part, places: Places) -> None:
    for key, kinds in _OF_A_SERVICE.items():
        part = service.value.get(key)
        if part is None or part.value is None:
            continue
        path = f"services.{name}.{key}"
        _expect(part, kinds, path, places)
        if part.is_list or part.is_map:
            for below in part.value.values() if part.is_map else part.value:
                if key in _PLAIN_ENTRIES and (below.is_map or below.is_list):
                    _refuse(below, "a text", path, places)
                if part.is_list and (below.is_list or below.value is None):
                    _refuse(below, "a text or a map", path, places)


def _expect(part: Part, kinds: tuple[str, ...], path: str, places: Places) -> None:
    kind = _MAP if part.is_map else _LIST if part.is_list else _TEXT
    if kind not in kinds:
        _refuse(part, " or ".join(kinds), path, places)


def _refuse(part: Part, expected: str, path: str, places: Places) -> None:
    place = places.of(part)
    raise UsageError(
        f"Compose would refuse {path}",
        where=str(place),
        seen=found(part.said, tuple(path.split("."))) if part.value is not None else "nothing",
        expected=expected,
        next_step=f"correct {place}",
    )
