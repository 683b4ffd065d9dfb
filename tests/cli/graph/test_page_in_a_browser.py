"""The page of `phoenix graph --format html`, in a real browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from phoenix_providers.models.run_record import RunRecord, RunStep
from phoenix_providers.planning.site.graph.html_page import html_page
from phoenix_providers.planning.site.graph.overlay import Overlay, Standing
from phoenix_providers.planning.stacks.health import HealthStatus
from tests.cli.graph.browser import MISSING, Browser, browser
from tests.unit.planning.site.graph.example_picture import EXAMPLE, drawn
from tools.bench.made_up_site import write_site

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
ROOT = Path(__file__).parents[3]
GRAFANA = '[data-id="stack:grafana@113"]'
CLOCK = 1_800_000_000.0
RUN = RunRecord(
    command="phoenix sync all",
    started=CLOCK,
    ended=CLOCK + 20,
    exit_code=4,
    steps=(
        RunStep(name="readiness", type="ReadinessGate", operation="update", started=CLOCK, ended=CLOCK + 1),
        RunStep(
            name="grafana@113",
            type="PortainerStack",
            operation="update",
            started=CLOCK + 2,
            ended=CLOCK + 12,
            failed=True,
            message="grafana is exited, exit code 137",
        ),
        RunStep(
            name="backup@113",
            type="PortainerStack",
            operation="create",
            started=CLOCK + 12,
            ended=CLOCK + 15,
            message="not sent",
        ),
        RunStep(name="verdict", type="Verdict", operation="update", started=CLOCK + 19.8),
    ),
    unchanged=63,
)
STANDINGS = {
    "grafana@113": Standing(HealthStatus.DEGRADED, detail="grafana is exited, exit code 137"),
    "homepage@111": Standing(HealthStatus.HEALTHY, drift="web is exited"),
    "whoami@111": Standing(HealthStatus.HEALTHY),
}


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as it is after a run, with a rule whose comment would like to be more than text."""
    folder = shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("site") / "config")
    vms = folder / "vms.yaml"
    odd = "</script><img src=x onerror=alert(1)>"
    text = vms.read_text()
    assert "comment: Agent from Portainer" in text
    vms.write_text(text.replace("comment: Agent from Portainer", f'comment: "{odd}"'))
    file = folder.parent / "site.html"
    file.write_text(html_page(drawn(folder), Overlay("looked at 12:04", STANDINGS, RUN)))
    return file


@pytest.fixture(autouse=True)
def nothing_is_asked_for_and_nothing_complained_of(window: Browser) -> Iterator[None]:
    yield
    assert window.run("return performance.getEntriesByType('resource').map((one) => one.name)") == []
    assert window.complaints() == []


def test_a_click_tells_which_line_asks_for_it(window: Browser, page: Path) -> None:
    window.open(page)
    window.click(GRAFANA)
    why = window.text("#why")
    assert "grafana@113" in why
    assert "stacks/grafana/docker-compose.yml:1" in why
    assert "degraded" in why
    assert "exit code 137" in why
    assert window.run("return location.hash") == "#why=grafana%40113"
    # What leads there is marked, and joined by a line.
    assert window.visible(".related") == ["grafana.home.example", "tools"]
    assert window.run("return document.querySelectorAll('#lines path').length") == 1
    window.click("#why .close")
    assert "Choose anything" in window.text("#why")
    assert window.visible(".related") == []


def test_everything_goes_by_keys_alone(window: Browser, page: Path) -> None:
    window.open(page)
    window.type("/", *"news.home", "Enter")
    assert window.text("#why h3") == "news.home.example"
    assert window.visible("#site-view .stack") == ["miniflux"]
    window.type("Escape", "Escape")
    assert window.run("return document.querySelector('#search').value") == ""
    assert "Choose anything" in window.text("#why")
    window.run("document.activeElement.blur()")
    window.type("ArrowDown", "ArrowDown", "ArrowUp", "Enter")
    assert window.text("#why h3") == window.visible("#routes .route")[0]


def test_search_finds_by_image_and_a_mark_shows_what_has_it(window: Browser, page: Path) -> None:
    window.open(page, "#q=postgres")
    assert window.visible("#site-view .stack") == ["miniflux"]
    window.open(page, "#q=no-such-thing")
    assert window.visible("#site-view .thing") == []
    assert window.text("#count").startswith("0 of ")
    window.open(page)
    assert window.visible("#marks button") == ["✗ 1 degraded", "≠ 1 drift", "▪ 2 from anywhere", "✓ 2 healthy"]
    window.click('#marks [data-word="drift"]')
    assert [one.replace("\xa0", " ") for one in window.visible("#site-view .stack")] == ["✓ homepage ≠ drift"]


def test_an_address_that_was_sent_opens_at_its_thing(window: Browser, page: Path) -> None:
    window.open(page, "#why=grafana.home.example&theme=dark")
    assert window.text("#why h3") == "grafana.home.example"
    assert "Host(`grafana.home.example`)" in window.text("#why")
    dark = window.run("return getComputedStyle(document.body).backgroundColor")
    window.click("#theme")
    assert window.run("return getComputedStyle(document.body).backgroundColor") != dark


def test_what_the_files_say_is_text_and_nothing_else(window: Browser, page: Path) -> None:
    window.open(page, "#why=opening:113/0")
    assert "</script><img src=x onerror=alert(1)>" in window.text("#why")
    assert window.run("return document.querySelectorAll('img').length") == 0


def test_the_last_run_is_bars_by_step_and_environment(window: Browser, page: Path) -> None:
    window.open(page)
    window.click("#view-run")
    assert window.visible(".lane > span")[1:] == ["3 readiness", "6 tools (113)", "8 verdict"]
    assert window.visible(".bar") == [
        "~ readiness 1.0 s",
        "✗ grafana@113 failed 10 s",
        "✗ backup@113 not as declared 3.0 s",
        "",
    ]
    # What has no room for its text has it all the same for who cannot see it.
    assert window.run("return document.querySelector('.bar.short').ariaLabel") == "~ verdict cut off"
    width = "return document.querySelector('.bar.bad').offsetWidth / document.querySelector('.track').offsetWidth"
    assert window.run(width) == pytest.approx(0.5, abs=0.01)
    window.click(".bar.bad")
    assert "exit code 137" in window.text("#why")
    assert window.run("return location.hash") == "#view=run&why=grafana%40113"
    window.click(".bar:not(.bad)")
    assert window.text("#why h3") == "readiness"


def test_a_large_site_is_there_as_a_whole(window: Browser, tmp_path: Path) -> None:
    folder, file = tmp_path / "config", tmp_path / "large.html"
    write_site(folder, 400)
    command = [Path(sys.executable).parent / "phoenix", "graph", "--format", "html", "--config", folder, "-o", file]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    window.open(file)
    assert len(window.visible("#site-view .stack")) == 400
    assert len(window.visible("#routes .route")) == 401
    # No line of chips or cards sticks out of what can be scrolled to.
    assert window.run("return document.documentElement.scrollWidth <= innerWidth")
    window.open(file, "#q=stack257.home")
    assert window.visible("#site-view .stack") == ["stack257"]
    assert window.visible(".card .owner") == ["vm25"]
