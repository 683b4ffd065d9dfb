"""The text values of the Pulumi stack's configuration: maps, lists, secrets, and overrides from the command line."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from phoenix_providers.errors import ConfigurationError, Explanation, UsageError
from phoenix_providers.models.wording import allowed, found

NAMESPACE = "phoenix"
SECRET_KEYS = frozenset({"portainerPassword", "portainerApiKey", "portainerSetupToken", "secrets"})
_MAPS = frozenset({"addressOverrides", "secrets", "serversTransport"})
_LISTS = frozenset({"allowCut", "allowDelete", "entryPoints", "retry", "takeOver"})
_EXAMPLES = {
    "addressOverrides": "--path 'phoenix:addressOverrides.ca' 10.0.0.13",
    "entryPoints": "phoenix:entryPoints web,websecure",
    "firewallPlacement": "phoenix:firewallPlacement guest",
    "portainerUrl": "phoenix:portainerUrl https://10.0.0.110:9443",
    "secrets": "--secret --path phoenix:secrets.NAME",
    "serversTransport": "--path phoenix:serversTransport.name internal-ca",
    "traefikApiUrl": "phoenix:traefikApiUrl http://10.0.0.12:8080",
    "traefikTarget": "phoenix:traefikTarget ssh://root@10.0.0.12/etc/traefik/dynamic",
}


def parse_overrides(pairs: Sequence[str], on_top_of: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Lay `KEY=VALUE` pairs over raw settings; `KEY.NAME=VALUE` sets one entry of a map.

    Raises:
        UsageError: A pair has no `=`, or its key takes no name after a dot.
    """
    merged = dict(on_top_of or {})
    for pair in pairs:
        key, equals, value = pair.partition("=")
        key, dot, name = key.strip().removeprefix(f"{NAMESPACE}:").partition(".")
        if not equals or not key or (dot and not name):
            raise UsageError(
                "A setting cannot be read",
                seen=pair if not equals else "no key before `=`",
                expected="KEY=VALUE, or KEY.NAME=VALUE for a map",
                next_step="--set gateway=10.0.0.12, for example",
            )
        if dot and key not in _MAPS:
            from phoenix_providers.models.near_miss import nearest_keys

            near = nearest_keys(key, _MAPS)
            hint = f"; did you mean `{near[0]}.{name}`?" if near else ""
            raise UsageError(
                f"`{key}` is no map",
                seen=f"{key}.{name}",
                expected=f"{key}=VALUE{hint}",
                next_step=f"--set {key}=VALUE",
            )
        merged[key] = _with_entry(merged.get(key), name, value) if dot else value
    return merged


def structured(key: str, text: str) -> Any:
    """Parse maps and lists from JSON; a list may also be written as `a,b`."""
    if key not in _MAPS | _LISTS:
        return text
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        value = text
    if key in _LISTS and not isinstance(value, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    return value


def secret_map(raw: Mapping[str, str]) -> dict[str, str]:
    """Return the map `secrets`; raises ConfigurationError, which never repeats any of it."""
    try:
        values = json.loads(raw.get("secrets") or "{}")
    except json.JSONDecodeError:
        values = None
    if not isinstance(values, dict):
        reason = Explanation(
            f"`{NAMESPACE}:secrets` is not a map",
            f"{NAMESPACE}:secrets",
            "something else (not shown)",
            "a map from name to secret",
            f"pulumi config rm {NAMESPACE}:secrets && pulumi config set {_EXAMPLES['secrets']}",
        )
        raise ConfigurationError("The secrets of the Pulumi stack cannot be read.", (reason,))
    return {str(name): value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}


def unknown_setting(key: str, known: Collection[str]) -> Explanation:
    """Explain a key that nobody reads, with the commands that put it right."""
    from phoenix_providers.models.near_miss import nearest_keys

    match = nearest_keys(key, known)
    secret = "--secret " if match and match[0] in SECRET_KEYS else ""
    correct = f"pulumi config set {secret}{NAMESPACE}:{match[0]} VALUE" if match else ""
    return Explanation(
        f"unknown setting `{NAMESPACE}:{key}`",
        f"{NAMESPACE}:{key}",
        f"`{key}`",
        f"did you mean `{match[0]}`?" if match else "one of " + ", ".join(sorted(known)),
        " && ".join(part for part in (f"pulumi config rm {NAMESPACE}:{key}", correct) if part),
    )


def wrong_setting(key: str, details: ErrorDetails, default: object) -> Explanation:
    """Explain a value that a setting does not take."""
    where = ".".join([f"{NAMESPACE}:{key}", *(str(step) for step in details["loc"][1:])])
    example = _EXAMPLES.get(key) or f"{NAMESPACE}:{key} {_as_text(default)}"
    return Explanation(
        f"`{where}` has a value that is not allowed",
        where,
        found(details["input"]),
        allowed(details),
        f"pulumi config set {example}",
    )


def _with_entry(current: str | None, name: str, value: str) -> str:
    try:
        entries = json.loads(current or "{}")
    except json.JSONDecodeError:
        entries = None
    return json.dumps({**(entries if isinstance(entries, dict) else {}), name: value})


def _as_text(default: object) -> str:
    if default in (None, ()):
        return "VALUE"
    return str(default).lower() if isinstance(default, bool) else str(default)
