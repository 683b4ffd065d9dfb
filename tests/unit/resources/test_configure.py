"""What providers are configured with may be wrong, like all settings: then users read a message, and no traceback."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.dynamic import Config, ConfigureRequest, ResourceProvider

from phoenix_providers.errors import ConfigurationError, UsageError
from phoenix_providers.operations import clients_of_run
from phoenix_providers.resources import provider
from phoenix_providers.resources.provider import PhoenixProvider
from phoenix_providers.resources.verdict import VerdictProvider

SECRET = "correct-horse-battery"
GOOD = {"phoenix:portainerPassword": SECRET}


@pytest.fixture(autouse=True)
def nothing_is_open() -> Iterator[None]:
    clients_of_run.use(None)
    yield
    clients_of_run.use(None)


@pytest.fixture
def in_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the process that the engine starts, but for its limit on tracebacks, which would hide what is asked."""
    monkeypatch.setattr(provider, "_is_plugin_process", lambda: True)
    monkeypatch.setattr(provider.sys, "tracebacklimit", 1000, raising=False)


def request(settings: dict[str, Any]) -> ConfigureRequest:
    return ConfigureRequest(config=Config(raw_config=settings, project_name="phoenix"))


def shown(settings: dict[str, Any]) -> str:
    """What the engine prints of the error; the type's name stands before the message."""
    with pytest.raises(Exception) as raised:  # noqa: PT011
        VerdictProvider().configure(request(settings))
    assert type(raised.value).__module__ == "builtins"
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return "".join(traceback.format_exception_only(raised.value))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"phoenix:requestTimeout": "soon"}, "`phoenix:requestTimeout` has a value that is not allowed"),
        ({"phoenix:secrets": f'["{SECRET}"'}, "`phoenix:secrets` is not a map"),
        ({"phoenix:addressOverrides": "3"}, "`phoenix:addressOverrides` has a value that is not allowed"),
    ],
)
def test_a_bad_setting_is_told_as_everywhere_else(settings: dict[str, str], words: str) -> None:
    text = shown(GOOD | settings)
    assert text.startswith(f"{ConfigurationError.label}: The settings of the Pulumi stack are wrong")
    assert words in text
    assert "next:     pulumi config" in text
    assert SECRET not in text


@pytest.mark.parametrize(
    "failure", [PermissionError(13, SECRET, "/root/ca.pem"), ValueError(SECRET), TypeError(SECRET)]
)
def test_what_nobody_has_thought_of_is_told_without_its_text(
    failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_raw: object) -> None:
        raise failure

    monkeypatch.setattr(clients_of_run.Settings, "from_raw", fails)
    text = shown(GOOD)
    assert text.startswith(f"{ConfigurationError.label}: The settings of the Pulumi stack cannot be used")
    assert type(failure).__name__ in text
    assert SECRET not in text


@pytest.mark.usefixtures("in_plugin")
@pytest.mark.parametrize("address", ["https://10.0.0.13:https", "https://[10.0.0.13", "https://10.0.0.13:99999"])
def test_an_address_of_proxmox_that_is_none_is_told_before_anybody_watches_it(address: str) -> None:
    text = shown(GOOD | {"proxmoxve:endpoint": address})
    assert text.startswith(f"{ConfigurationError.label}: ")
    assert "https://HOST:PORT" in text


def test_a_subclass_cannot_forget_it() -> None:
    class Own(PhoenixProvider):
        def configure(self, _request: ConfigureRequest) -> None:
            raise UsageError("not like this")

    with pytest.raises(Exception, match="not like this") as raised:
        Own().configure(request({}))
    assert type(raised.value).__name__ == UsageError.label


def test_no_method_that_the_engine_calls_is_left_out() -> None:
    called = {
        name
        for name in vars(ResourceProvider)
        if not name.startswith("_") and callable(getattr(ResourceProvider, name))
    }
    assert called == {*provider._METHODS, provider._CONFIGURE}


def test_good_settings_are_taken_once() -> None:
    VerdictProvider().configure(request(GOOD))
    first = clients_of_run.current()
    VerdictProvider().configure(request({"phoenix:requestTimeout": "soon"}))
    assert clients_of_run.current() is first
