"""A real browser without a screen, spoken to as the WebDriver standard says."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

CHROMIUM, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
MISSING = "" if CHROMIUM and DRIVER else "needs a browser and its driver (Debian: chromium, chromium-driver)"
# Nothing of it may look for anything outside this machine.
_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # Containers have too little of it.
    "--disable-dev-shm-usage",
)
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "ArrowDown": "\ue015", "ArrowUp": "\ue013"}


class Browser:
    """One window."""

    def __init__(self, http: requests.Session, session: str) -> None:
        self._http, self._session = http, session

    def open(self, page: Path, address: str = "") -> None:
        # Where only what is behind # differs, a browser does not load the page anew.
        self._post("url", url="about:blank")
        self._post("url", url=f"{page.as_uri()}{address}")

    def run(self, script: str, *arguments: Any) -> Any:
        return self._post("execute/sync", script=script, args=list(arguments))

    def click(self, selector: str) -> None:
        self._post(f"element/{self._find(selector)}/click")

    def type(self, *keys: str) -> None:
        """Press keys one after the other, wherever the focus is."""
        pressed = [KEYS.get(key, key) for key in keys]
        actions = [{"type": kind, "value": key} for key in pressed for kind in ("keyDown", "keyUp")]
        self._post("actions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def text(self, selector: str) -> str:
        found: str = self.run("return document.querySelector(arguments[0]).innerText", selector)
        return found

    def visible(self, selector: str) -> list[str]:
        """Return the first line of all that is to be seen."""
        script = "return [...document.querySelectorAll(arguments[0])].filter((one) => one.offsetParent)"
        found: list[str] = self.run(f"{script}.map((one) => one.innerText.split('\\n')[0])", selector)
        return found

    def complaints(self) -> list[str]:
        """Return what the browser's console has, since it was asked last."""
        return [entry["message"] for entry in self._post("se/log", type="browser")]

    def _find(self, selector: str) -> str:
        found: str = self._post("element", using="css selector", value=selector)[_ELEMENT]
        return found

    def _post(self, command: str, **words: Any) -> Any:
        return _answer(self._http.post(f"{self._session}/{command}", json=words, timeout=60))


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Start a driver on a port of its own choice, and a browser with a profile that nobody had."""
    command = [str(DRIVER), "--port=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as driver:
        try:
            assert driver.stdout is not None
            ports = (re.search(r"on port (\d+)\.", line) for line in driver.stdout)
            port = next(found[1] for found in ports if found)
            with requests.Session() as http:
                http.trust_env = False
                options = {
                    "binary": CHROMIUM,
                    "args": [*_QUIET, "--window-size=1500,1000", f"--user-data-dir={profile}"],
                }
                wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
                address = f"http://127.0.0.1:{port}/session"
                body = {"capabilities": {"alwaysMatch": wanted}}
                session = f"{address}/{_answer(http.post(address, json=body, timeout=60))['sessionId']}"
                try:
                    yield Browser(http, session)
                finally:
                    http.delete(session, timeout=60)
        finally:
            driver.terminate()
            driver.wait(timeout=20)


def _answer(response: requests.Response) -> Any:
    answer = response.json()["value"]
    assert response.ok, answer
    return answer
