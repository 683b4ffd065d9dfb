"""Merging of compose files and services, by the rules of compose-go 2 (`override/merge.go`, `override/uncity.go`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from phoenix_providers.planning.compose.parts import Part
from phoenix_providers.planning.compose.published_ports import PortError, read_ports

_RESET, _OVERRIDE = "!reset", "!override"
_EVERY = "*"
Steps = tuple[str, ...]


class MergeError(ValueError):
    """Two parts that compose cannot merge; `part` is the one on top."""

    def __init__(self, reason: str, part: Part) -> None:
        self.part = part
        super().__init__(reason)


def merged(base: Part, own: Part, path: Steps = ()) -> Part:
    """Return a part with another one on top of it.

    Raises:
        MergeError: One is a map where the other is none, or the like.
    """
    if own.tag in {_RESET, _OVERRIDE}:
        return own
    base, own = _without_reset(base, own)
    rule = next((rule for pattern, rule in _MERGES.items() if _matches(pattern, path)), None)
    if rule is not None:
        return rule(base, own, path)
    if own.value is None:
        return base
    if base.is_map or base.is_list:
        if base.is_map != own.is_map or base.is_list != own.is_list:
            raise MergeError(f"cannot override {'.'.join(path)}", own)
        return _maps(base, own, path) if base.is_map else own.with_content([*base.value, *own.value])
    return own


def cleaned(part: Part, path: Steps = ()) -> Part:
    """Return the part without what a tag takes out again, and of each list the last of several equal entries."""
    if part.is_map:
        kept = {key: cleaned(below, (*path, key)) for key, below in part.value.items() if below.tag != _RESET}
        return replace(part.with_content(kept), tag="")
    if not part.is_list:
        return replace(part, tag="")
    items = [cleaned(below, (*path, str(index))) for index, below in enumerate(part.value) if below.tag != _RESET]
    index_of = next((index for pattern, index in _UNIQUE.items() if _matches(pattern, path)), None)
    if index_of is not None:
        by_key: dict[Any, Part] = {}
        for item in items:
            by_key[index_of(item)] = item
        items = list(by_key.values())
    return replace(part.with_content(items), tag="")


def _without_reset(base: Part, own: Part) -> tuple[Part, Part]:
    """Take the keys that a map resets out of both; a list below it keeps its entry, as in compose."""
    gone = {key for key, below in own.value.items() if below.tag == _RESET} if own.is_map else set()
    return _without(base, gone), _without(own, gone)


def _without(part: Part, keys: set[str]) -> Part:
    if not part.is_map:
        return part
    kept = {key: below for key, below in part.value.items() if key not in keys and below.tag != _RESET}
    return part if len(kept) == len(part.value) else part.with_content(kept)


def _matches(pattern: str, path: Steps) -> bool:
    steps = pattern.split(".")
    return len(steps) == len(path) and all(step in (_EVERY, own) for step, own in zip(steps, path, strict=True))


def _maps(base: Part, own: Part, path: Steps) -> Part:
    content = dict(base.value)
    for key, below in own.value.items():
        content[key] = merged(content[key], below, (*path, key)) if key in content else below
    return own.with_content(content)


def _on_top(_base: Part, own: Part, _path: Steps) -> Part:
    return own


def _sequences(base: Part, own: Part, _path: Steps) -> Part:
    return own.with_content([*_as_list(base), *_as_list(own)])


def _hosts(base: Part, own: Part, _path: Steps) -> Part:
    hosts = _as_list(base)
    known = [host.said for host in hosts]
    return own.with_content([*hosts, *(host for host in _as_list(own) if host.said not in known)])


def _dependencies(base: Part, own: Part, path: Steps) -> Part:
    return _maps(_as_map(base, started=True), _as_map(own, started=True), path)


def _named(base: Part, own: Part, path: Steps) -> Part:
    return _maps(_as_map(base), _as_map(own), path)


def _builds(base: Part, own: Part, path: Steps) -> Part:
    return _maps(_as_build(base), _as_build(own), path)


def _logging(base: Part, own: Part, path: Steps) -> Part:
    if not base.is_map or not own.is_map:
        return own
    drivers = [part.value["driver"].said for part in (base, own) if "driver" in part.value]
    return _maps(base, own, path) if len(set(drivers)) < 2 else own


def _pools(base: Part, own: Part, path: Steps) -> Part:
    """Merge address pools by their subnets."""
    pools = {_subnet(pool): pool for pool in _items(base)}
    for pool in _items(own):
        known = pools.get(_subnet(pool))
        pools[_subnet(pool)] = _maps(known, pool, path) if known and known.is_map and pool.is_map else pool
    return own.with_content(list(pools.values()))


def _subnet(pool: Part) -> str:
    return str(pool.value["subnet"].said) if pool.is_map and "subnet" in pool.value else ""


def _items(part: Part) -> list[Part]:
    return part.value if part.is_list else []


def _as_list(part: Part) -> list[Part]:
    if part.is_map:
        return [entry for key in sorted(part.value) for entry in _entries(key, part.value[key])]
    if part.is_list:
        return list(part.value)
    return [part] if isinstance(part.value, str) else []


def _entries(key: str, part: Part) -> list[Part]:
    if part.is_list:
        return [entry for below in part.value for entry in _entries(key, below)]
    # Compose replaces nothing in the key of a map.
    name = key.replace("$", "$$")
    if part.value is None:
        return [Part(key, name, part.path)]
    return [Part(f"{key}={_text(part.value)}", f"{name}={_text(part.raw)}", part.path)]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_map(part: Part, *, started: bool = False) -> Part:
    if part.is_map:
        return part
    content = {str(item.said): _started(item) if started else Part(None, None, item.path) for item in _items(part)}
    return part.with_content(content)


def _started(item: Part) -> Part:
    condition = Part("service_started", "service_started", item.path)
    return item.with_content({"condition": condition, "required": Part(value=True, raw=True, path=item.path)})


def _as_build(part: Part) -> Part:
    return part if part.is_map else part.with_content({"context": part})


def _key(item: Part) -> Any:
    return str(item.said).partition("=")[0]


def _target(item: Part) -> Any:
    if item.is_map:
        return str(item.value["target"].said) if "target" in item.value else id(item)
    parts = str(item.said).split(":")
    return parts[0] if len(parts) == 1 else parts[1]


def _mount(folder: str) -> Callable[[Part], Any]:
    def target(item: Part) -> Any:
        if item.is_map and "target" in item.value:
            return str(item.value["target"].said)
        source = item.value.get("source") if item.is_map else item
        return f"{folder}/{source.said if source else ''}"

    return target


def _whole(item: Part) -> Any:
    return repr(item.said)


def _file(item: Part) -> Any:
    return str(item.value["path"].said if item.is_map and "path" in item.value else item.said)


def _port(item: Part) -> Any:
    try:
        return read_ports(item.said)
    except PortError:
        return repr(item.said)


_MERGES: Mapping[str, Callable[[Part, Part, Steps], Part]] = {
    "networks.*.ipam.config": _pools,
    "networks.*.labels": _sequences,
    "volumes.*.labels": _sequences,
    "services.*.annotations": _sequences,
    "services.*.build": _builds,
    "services.*.build.args": _sequences,
    "services.*.build.additional_contexts": _sequences,
    "services.*.build.extra_hosts": _hosts,
    "services.*.build.labels": _sequences,
    "services.*.command": _on_top,
    "services.*.depends_on": _dependencies,
    "services.*.deploy.labels": _sequences,
    "services.*.dns": _sequences,
    "services.*.dns_opt": _sequences,
    "services.*.dns_search": _sequences,
    "services.*.entrypoint": _on_top,
    "services.*.env_file": _sequences,
    "services.*.label_file": _sequences,
    "services.*.environment": _sequences,
    "services.*.extra_hosts": _hosts,
    "services.*.healthcheck.test": _on_top,
    "services.*.labels": _sequences,
    "services.*.logging": _logging,
    "services.*.networks": _named,
    "services.*.sysctls": _sequences,
    "services.*.tmpfs": _sequences,
    "services.*.ulimits.*": _on_top,
}
_UNIQUE: Mapping[str, Callable[[Part], Any]] = {
    **dict.fromkeys(
        (
            "networks.*.labels",
            "services.*.annotations",
            "services.*.build.args",
            "services.*.build.labels",
            "services.*.cap_add",
            "services.*.cap_drop",
            "services.*.deploy.labels",
            "services.*.dns",
            "services.*.dns_opt",
            "services.*.dns_search",
            "services.*.environment",
            "services.*.labels",
            "services.*.links",
            "services.*.networks.*.aliases",
            "services.*.profiles",
            "services.*.sysctls",
            "services.*.tmpfs",
        ),
        _key,
    ),
    "services.*.configs": _mount(""),
    "services.*.secrets": _mount("/run/secrets"),
    "services.*.devices": _target,
    "services.*.volumes": _target,
    "services.*.env_file": _file,
    "services.*.expose": _whole,
    "services.*.ports": _port,
}
