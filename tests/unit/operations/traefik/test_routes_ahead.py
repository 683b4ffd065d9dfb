"""A preview judges routes by what is around them in Traefik's directory, as the write will."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi.output import Unknown

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.traefik.scripts_take_over import without
from phoenix_providers.planning.routes.config_faults import shadowed
from phoenix_providers.planning.routes.route_checks import WHOLE
from phoenix_providers.planning.traefik.file_names import INFRASTRUCTURE_FILE, STACKS_FILE
from phoenix_providers.planning.traefik.file_text import to_text
from phoenix_providers.planning.traefik.line_by_line import plain
from phoenix_providers.planning.traefik.scripts_file import ScriptsFile
from phoenix_providers.planning.traefik.surroundings import OtherFile, RunningTraefik, Surroundings
from phoenix_providers.resources.traefik_config import PARTS, TraefikConfigProvider

BY_HAND = 'http: {routers: {mine: {rule: "Host(`app.lan`)", service: api@internal}}}\n'
INTERNAL = {"http": {"serversTransports": {"internal-ca": {"rootCAs": ["/ca.crt"]}}}}


def routes(host: str, transport: str = "", **router: Any) -> dict[str, Any]:
    balancer = {"servers": [{"url": "https://10.0.0.5"}], **({"serversTransport": transport} if transport else {})}
    route = {"rule": f"Host(`{host}`)", "service": "app", "entryPoints": ["web"], **router}
    return {"http": {"routers": {"app": route}, "services": {"app": {"loadBalancer": balancer}}}}


OLD = routes("old.lan")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    clients_of_run.use(ClientsOfRun(Settings(), Credentials.from_raw({})))
    (tmp_path / STACKS_FILE).write_text(to_text(OLD))
    yield tmp_path
    clients_of_run.use(None)


def previewed(folder: Path, wanted: dict[str, Any], *, preview: bool = True, **more: Any) -> str:
    """Return the text that would be written."""
    news = {"target": str(folder), "api": "", "file": STACKS_FILE, PARTS: {"app@1": wanted}, "preview": preview, **more}
    inputs = TraefikConfigProvider().check({PARTS: {"app@1": OLD}, "text": to_text(OLD)}, news).inputs
    assert "preview" not in inputs
    return plain(inputs["text"])


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (routes("app.lan"), "mine in mine.yml answers the same requests as app"),
        (routes("new.lan", middlewares=["nothere@file"]), "there is no middleware nothere@file"),
        (routes("new.lan", "nothere@file"), "there is no serversTransport nothere@file"),
    ],
)
def test_what_the_write_would_hold_back_is_told_and_stays(
    folder: Path, capsys: pytest.CaptureFixture[str], wanted: dict[str, Any], told: str
) -> None:
    (folder / "mine.yml").write_text(BY_HAND)
    assert previewed(folder, wanted) == to_text(OLD)
    said = capsys.readouterr().err
    assert told in said
    assert "so the new routes of app@1 are held back" in said
    assert previewed(folder, wanted, preview=False) == to_text(wanted)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("beside", [Unknown(), to_text(INTERNAL)])
def test_what_our_other_file_will_say_is_there(folder: Path, capsys: pytest.CaptureFixture[str], beside: Any) -> None:
    wanted = routes("new.lan", "internal-ca@file")
    assert previewed(folder, wanted, beside=beside, declared={WHOLE: {"routes": INTERNAL}}) == to_text(wanted)
    assert capsys.readouterr().err == ""


def test_what_a_file_by_hand_defines_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mine.yml").write_text("http: {middlewares: {own: {compress: {}}}}\n")
    wanted = routes("new.lan", middlewares=["own@file"])
    assert previewed(folder, wanted) == to_text(wanted)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("wanted", "told"), [(routes("new.lan"), True), (OLD, False)])
def test_a_file_that_traefik_cannot_load_is_told_where_something_changes(
    folder: Path, capsys: pytest.CaptureFixture[str], wanted: dict[str, Any], told: bool
) -> None:
    (folder / "broken.yml").write_text("http: [")
    previewed(folder, wanted)
    assert ("broken.yml" in capsys.readouterr().err) == told


def test_nobody_who_answers_is_no_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = routes("new.lan", middlewares=["nothere@file"])
    assert previewed(folder / "gone", wanted, api="http://127.0.0.1:1") == to_text(wanted)
    assert "not looked at: what others have in Traefik's directory" in capsys.readouterr().err


def test_routes_of_guests_that_change_are_foreseen_as_well(folder: Path) -> None:
    (folder / "mine.yml").write_text(BY_HAND)
    olds = {PARTS: {WHOLE: OLD}, "text": to_text(OLD)}
    news = {"target": str(folder), "api": "", "file": INFRASTRUCTURE_FILE, PARTS: {WHOLE: routes("app.lan")}}
    provider = TraefikConfigProvider()
    with pytest.raises(Exception, match="answers the same requests"):
        provider.check(olds, {**news, "preview": True})
    provider.check(olds, {**news, "preview": False})
    provider.check(olds, {**news, PARTS: {WHOLE: OLD}, "preview": True})


def test_a_template_is_not_blamed_for_names_of_what_is_taken_over() -> None:
    kind = ("http", "routers")
    generated = OtherFile("dynamic_conf.yml", names={kind: frozenset({"app"})})
    running = RunningTraefik({kind: frozenset({"app@file"})}, frozenset({"web"}))
    around = Surroundings({}, {}, (generated, OtherFile("mine.yml", opaque=True)), running)
    assert shadowed(OLD, around) != ()
    taken = ScriptsFile("dynamic_conf.yml", "", (), (), (), "", ())
    assert shadowed(OLD, without(around, [taken])) == ()
