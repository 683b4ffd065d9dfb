"""Our file takes over what the old scripts generated, with the real Traefik: no request is without its route."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.errors import ConfigurationError, RevertedError
from phoenix_providers.operations.traefik.publication import publish
from phoenix_providers.operations.traefik.scripts_take_over import foresee
from phoenix_providers.planning.traefik.file_names import INFRASTRUCTURE_FILE
from phoenix_providers.planning.traefik.file_text import to_document, to_text

GENERATED = "dynamic_conf.yml"
COPY = "dynamic_conf.yml.before-phoenix"


def generated(backend: str, ca: Path) -> str:
    """A file in the form of the old scripts."""
    return f"""http:
  routers:
    barn-router:
      rule: "Host(`barn.home.example`)"
      service: "barn-service"
      entryPoints:
        - web
    seeds-router:
      rule: "Host(`seeds.home.example`)"
      service: "seeds-service"
      entryPoints:
        - web
    traefik-dashboard-router:
      rule: "Host(`traefik.home.example`)"
      service: "api@internal"
      entryPoints:
        - web

  services:
    barn-service:
      loadBalancer:
        servers:
          - url: "https://127.0.0.1:1"
        passHostHeader: true
        serversTransport: "internal-ca@file"
    seeds-service:
      loadBalancer:
        servers:
          - url: "{backend}"
        passHostHeader: true

  serversTransports:
    internal-ca:
      insecureSkipVerify: false
      rootCAs:
        - {ca}
"""


def ours(backend: str, ca: Path | None) -> dict[str, Any]:
    def router(name: str, service: str) -> dict[str, Any]:
        return {"rule": f"Host(`{name}.home.example`)", "service": service, "entryPoints": ["web"]}

    routers = {
        "traefik-dashboard-router": router("traefik", "api@internal"),
        "barn-router": router("barn", "barn-service"),
        "seeds-router": router("seeds", "seeds-service"),
    }
    barn = {"servers": [{"url": "https://127.0.0.1:1"}], "serversTransport": "internal-ca@file"}
    services = {
        "barn-service": {"loadBalancer": barn},
        "seeds-service": {"loadBalancer": {"servers": [{"url": backend}]}},
    }
    http: dict[str, Any] = {"routers": routers, "services": services}
    if ca is not None:
        http["serversTransports"] = {"internal-ca": {"rootCAs": [str(ca)]}}
    return {"http": http}


@pytest.fixture
def backend(traefik) -> str:
    """Traefik's own API stands for a guest."""
    return traefik.api


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    file = tmp_path / "root.crt"
    file.write_text("")
    return file


@pytest.fixture
def go(traefik, harness):
    def run(document: dict[str, Any]) -> None:
        props = {
            "target": str(traefik.dynamic),
            "api": traefik.api,
            "file": INFRASTRUCTURE_FILE,
            "text": to_text(document),
        }
        publish(harness.connections(), props, lambda _: None)

    return run


def ask(port: int) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/version", headers={"Host": "seeds.home.example"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


class Askers:
    """Ask one route again and again, side by side, and count the answers."""

    def __init__(self, port: int) -> None:
        self.answers: Counter[int] = Counter()
        self._port, self._over = port, threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(4)]

    def __enter__(self) -> Askers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            self.answers[ask(self._port)] += 1


@pytest.mark.parametrize("name", [GENERATED, "zz-generated.yml"])
def test_no_request_is_lost_in_the_exchange(traefik, go, backend: str, ca: Path, name: str) -> None:
    traefik.put(name, generated(backend, ca))
    traefik.until(lambda: ask(traefik.web_port) == 200, "the old route does not answer")
    with Askers(traefik.web_port) as askers:
        go(ours(backend, ca))
        traefik.until(lambda: sum(askers.answers.values()) > 100, "nobody asks")
    assert set(askers.answers) == {200}
    assert {file.name for file in traefik.dynamic.iterdir()} == {f"{name}.before-phoenix", INFRASTRUCTURE_FILE}
    assert (traefik.dynamic / f"{name}.before-phoenix").read_text() == generated(backend, ca)
    assert traefik.routers()["seeds-router@file"]["status"] == "enabled"
    go(ours(backend, ca))


def test_scripts_that_ran_again_are_taken_over_again_and_the_first_copy_stays(
    traefik, go, backend: str, ca: Path
) -> None:
    traefik.put(GENERATED, generated(backend, ca))
    go(ours(backend, ca))
    traefik.put(GENERATED, generated("http://127.0.0.1:9", ca))
    go(ours(backend, ca))
    copies = sorted(file.name for file in traefik.dynamic.iterdir() if file.name != INFRASTRUCTURE_FILE)
    assert len(copies) == 2
    assert (traefik.dynamic / COPY).read_text() == generated(backend, ca)
    assert ask(traefik.web_port) == 200


ADDED = """
    mine:
      loadBalancer:
        servers:
          - url: "http://127.0.0.1:5"
"""


@pytest.mark.parametrize(
    ("old", "new", "without", "says"),
    [
        ("    seeds-service:\n", f"{ADDED}    seeds-service:\n", "", "http.services.mine"),
        ("true\n        serversTransport", "false\n        serversTransport", "", "http.services.barn-service"),
        ("  services:\n", "  middlewares:\n    m: {compress: {}}\n\n  services:\n", "", "http.middlewares"),
        ("", "", "internal-ca", "phoenix:serversTransport.rootCa"),
        ("", "", "seeds", "declare them"),
    ],
)
def test_what_would_be_lost_is_refused_and_nothing_is_touched(
    traefik, go, harness, backend: str, ca: Path, old: str, new: str, without: str, says: str
) -> None:
    text = generated(backend, ca).replace(old, new) if old else generated(backend, ca)
    traefik.put(GENERATED, text)
    document = ours(backend, None if without == "internal-ca" else ca)
    if without == "seeds":
        del document["http"]["routers"]["seeds-router"], document["http"]["services"]["seeds-service"]
    if without == "internal-ca":
        del document["http"]["services"]["barn-service"]["loadBalancer"]["serversTransport"]
    for attempt in (
        lambda: go(document),
        lambda: foresee(harness.connections(), INFRASTRUCTURE_FILE, str(traefik.dynamic), traefik.api, document),
    ):
        with pytest.raises(ConfigurationError) as raised:
            attempt()
        assert says in str(raised.value)
    assert [file.name for file in traefik.dynamic.iterdir()] == [GENERATED]
    assert (traefik.dynamic / GENERATED).read_text() == text


def test_a_sign_in_by_hand_is_not_lost_on_the_way(traefik, go, harness, backend: str, ca: Path) -> None:
    def attempts() -> list[str]:
        told = []
        for attempt in (
            lambda: go(ours(backend, ca)),
            lambda: foresee(
                harness.connections(), INFRASTRUCTURE_FILE, str(traefik.dynamic), traefik.api, ours(backend, ca)
            ),
        ):
            with pytest.raises(ConfigurationError) as raised:
                attempt()
            told.append(str(raised.value))
        return told

    document = to_document(generated(backend, ca))
    by_hand = document["http"]["routers"]["seeds-router"] | {"middlewares": ["auth"]}
    auth = {"auth": {"basicAuth": {"users": ["a:$apr1$x$y"]}}}
    traefik.put(GENERATED, to_text({"http": document["http"] | {"middlewares": auth, "routers": {
        **document["http"]["routers"], "seeds-router": by_hand}}}))  # fmt: skip
    for text in attempts():
        assert "http.middlewares.auth" in text
        assert "take the `traefik_service`" in text
        assert "nothing declares any more" not in text
    # Moved as it was, without giving up the one that is declared.
    traefik.put(GENERATED, generated(backend, ca))
    moved = {"routers": {"seeds-by-hand": by_hand}, "middlewares": auth}
    traefik.put("mine.yml", to_text({"http": moved}))
    for text in attempts():
        assert "seeds-by-hand in mine.yml answers the same requests as seeds-router" in text
    assert (traefik.dynamic / GENERATED).read_text() == generated(backend, ca)
    assert not (traefik.dynamic / INFRASTRUCTURE_FILE).exists()


def test_a_file_that_only_looks_alike_is_nobodys_to_take(traefik, go, harness, backend: str, ca: Path) -> None:
    text = generated(backend, ca).replace('service: "api@internal"', 'service: "seeds-service"')
    traefik.put(GENERATED, text)
    with pytest.raises(ConfigurationError, match="another name"):
        go(ours(backend, ca))
    with pytest.raises(ConfigurationError, match="another name"):
        foresee(harness.connections(), INFRASTRUCTURE_FILE, str(traefik.dynamic), traefik.api, ours(backend, ca))
    assert (traefik.dynamic / GENERATED).read_text() == text


def test_a_preview_says_what_will_be_taken_over_and_what_changes(
    traefik, harness, backend: str, ca: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    traefik.put(GENERATED, generated("http://127.0.0.1:9", ca))
    foresee(harness.connections(), INFRASTRUCTURE_FILE, str(traefik.dynamic), traefik.api, ours(backend, ca))
    said = capsys.readouterr().err
    assert "dynamic_conf.yml, which the old scripts generated, will be taken over" in said
    assert f"service seeds-service: http://127.0.0.1:9 becomes {backend}" in said
    assert [file.name for file in traefik.dynamic.iterdir()] == [GENERATED]


def test_a_preview_foresees_a_servers_transport_that_nobody_defines(traefik, harness, backend: str, ca: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no serversTransport internal-ca@file") as raised:
        foresee(harness.connections(), INFRASTRUCTURE_FILE, str(traefik.dynamic), traefik.api, ours(backend, None))
    assert "phoenix:serversTransport.rootCa FILE" in str(raised.value)
    traefik.put("mine.yml", f"http: {{serversTransports: {{internal-ca: {{rootCAs: [{ca}]}}}}}}\n")
    foresee(harness.connections(), INFRASTRUCTURE_FILE, str(traefik.dynamic), traefik.api, ours(backend, None))


def test_all_is_as_before_where_traefik_does_not_take_ours(traefik, go, backend: str, ca: Path) -> None:
    traefik.put(GENERATED, generated(backend, ca))
    traefik.until(lambda: ask(traefik.web_port) == 200, "the old route does not answer")
    document = ours(backend, ca)
    document["http"]["routers"]["barn-router"]["middlewares"] = ["auth"]
    document["http"]["middlewares"] = {"auth": {"basicAuth": {"usersFile": "/nowhere"}}}
    with pytest.raises(RevertedError, match=r"dynamic_conf\.yml is back"):
        go(document)
    assert (traefik.dynamic / GENERATED).read_text() == generated(backend, ca)
    assert not (traefik.dynamic / INFRASTRUCTURE_FILE).exists()
    assert ask(traefik.web_port) == 200
