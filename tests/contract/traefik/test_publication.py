"""Publishing, with the real Traefik: what is refused, what is proven, what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.clients.delivery.directory import DirectoryDelivery
from phoenix_providers.errors import ConfigurationError, ProductError, RevertedError, UnreachableError
from phoenix_providers.operations.traefik.publication import (
    deviations,
    publish,
    publish_parts,
    withdraw,
    withdraw_from_old_place,
)
from phoenix_providers.planning.traefik.file_names import INFRASTRUCTURE_FILE, STACKS_FILE
from phoenix_providers.planning.traefik.file_text import to_text
from phoenix_providers.planning.traefik.merge import merge_routes

# How often the tests look at a time limit that they do not want to wait for.
QUICK = 8.0


def routes(name: str = "app", rule: str = "", **more: Any) -> dict[str, Any]:
    router = {"rule": rule or f"Host(`{name}.home.example`)", "service": name, "entryPoints": ["web"], **more}
    server = {"loadBalancer": {"servers": [{"url": "http://127.0.0.1:1"}]}}
    return {"http": {"routers": {name: router}, "services": {name: server}}}


@pytest.fixture
def wanted(traefik):
    """Return a function that makes the properties of a resource."""

    def make(document: Any, file: str = STACKS_FILE, api: str | None = None) -> dict[str, Any]:
        text = document if isinstance(document, str) else to_text(document)
        return {
            "target": str(traefik.dynamic),
            "api": traefik.api if api is None else api,
            "file": file,
            "text": text,
        }

    return make


@pytest.fixture
def go(harness):
    """Return a function that publishes, with a clock if need be; it gives what was said."""

    def run(props: dict[str, Any], clock: Any = None) -> list[str]:
        said: list[str] = []
        publish(harness.connections(clock), props, said.append)
        return said

    return run


def content(traefik, file: str = STACKS_FILE) -> str | None:
    path = Path(traefik.dynamic) / file
    return path.read_text() if path.exists() else None


def test_publishing_is_proven_and_a_second_time_writes_nothing(traefik, wanted, go) -> None:
    props = wanted(routes())
    go(props)
    assert "app@file" in traefik.routers()
    before = (traefik.dynamic / STACKS_FILE).stat()
    go(props)
    assert (traefik.dynamic / STACKS_FILE).stat() == before


@pytest.mark.parametrize(
    ("document", "where", "reason"),
    [
        (routes(middlewares=["nope"]), "http.routers.app.middlewares", "there is no middleware nope"),
        (routes(middlewares=["x@docker"]), "http.routers.app.middlewares", "there is no middleware x@docker"),
        (routes(service="ap"), "http.routers.app.service", "did you mean app"),
        (routes(service="api@internall"), "http.routers.app.service", "there is no service api@internall"),
        (routes(entryPoints=["wep"]), "http.routers.app.entryPoints", "did you mean web"),
        (routes(tls={"certResolver": "lets"}), "http.routers.app.tls.certResolver", "did you mean le?"),
        (routes(tls={"options": "modern"}), "http.routers.app.tls.options", "there is no TLS options modern"),
        (routes(rule="Hots(`a`)"), "http.routers.app.rule", "did you mean Host?"),
        (
            {"http": {"services": {"s": {"loadBalancer": {"servers": [], "serversTransport": "t"}}}}},
            "http.services.s.loadBalancer.serversTransport",
            "there is no serversTransport t",
        ),
        (
            {"http": {"services": {"s": {"weighted": {"services": [{"name": "gone", "weight": 1}]}}}}},
            "http.services.s.weighted.services",
            "there is no service gone",
        ),
    ],
)  # fmt: skip
def test_what_traefik_would_not_take_is_not_written(traefik, wanted, go, document, where: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        go(wanted(document))
    assert where in str(caught.value)
    assert reason in str(caught.value)
    assert content(traefik) is None


def test_references_into_our_other_file_and_into_files_of_others_are_found(traefik, wanted, go) -> None:
    transport = {"http": {"serversTransports": {"internal-ca": {"insecureSkipVerify": True}}}}
    go(wanted(routes("guest") | {}, INFRASTRUCTURE_FILE))
    traefik.put("mine.yml", to_text({**transport, "tls": {"options": {"modern": {"minVersion": "VersionTLS13"}}}}))
    traefik.put("mine.toml", '[http.middlewares.mine.addPrefix]\nprefix = "/a"\n')
    document = routes(middlewares=["mine", "mine@file"], tls={"options": "modern"}, service="guest")
    document["http"]["services"]["app"]["loadBalancer"]["serversTransport"] = "internal-ca@file"
    go(wanted(document))
    assert content(traefik) == to_text(document)


def test_a_name_of_another_file_is_refused_whichever_of_the_two_would_win(traefik, wanted, go) -> None:
    for file in ("a.yml", "z.yml"):
        traefik.put(file, to_text(routes()))
        with pytest.raises(ConfigurationError, match=f"{file} defines it too"):
            go(wanted(routes()))
        (traefik.dynamic / file).unlink()
    assert content(traefik) is None
    go(wanted(routes()))


def test_a_name_in_a_template_of_another_file_is_seen_through_the_api(traefik, wanted, go) -> None:
    traefik.put("templated.yml", "# {{ now }}\n" + to_text(routes()))
    traefik.until(lambda: "app@file" in traefik.routers(), "Traefik has not read the template")
    with pytest.raises(ConfigurationError, match=r"from another file already \(one of templated\.yml\)"):
        go(wanted(routes(rule="Host(`other.home.example`)")))


@pytest.mark.parametrize(
    "broken", ["http: [", "http:\n  routers: {}\n", "\x00\x01", "http: {routers: {app: {rul: x}}}"]
)
def test_a_file_of_ours_that_was_broken_by_hand_is_repaired(traefik, wanted, go, broken: str) -> None:
    go(wanted(routes()))
    traefik.put(STACKS_FILE, broken)
    traefik.restart()
    assert "app@file" not in traefik.routers()
    go(wanted(routes()))
    assert "app@file" in traefik.routers()


def test_a_file_of_ours_that_was_deleted_while_another_is_broken_can_be_written_again(traefik, wanted, go) -> None:
    go(wanted(routes()))
    traefik.put("broken.yml", "http: [")
    (traefik.dynamic / STACKS_FILE).unlink()
    go(wanted(routes()))
    assert content(traefik) == to_text(routes())


def test_without_an_api_the_run_says_that_nothing_is_proven(traefik, wanted, go) -> None:
    (said,) = go(wanted(routes(), api=""))
    assert "not proven" in said
    assert content(traefik) == to_text(routes())


def test_what_traefik_refuses_is_put_back_with_its_own_words(traefik, wanted, go, harness) -> None:
    """A router that only Traefik itself can judge: the CA file of its back end is not there."""
    go(wanted(routes()))
    broken = routes()
    broken["http"]["middlewares"] = {"auth": {"basicAuth": {"usersFile": "/nowhere/users"}}}
    broken["http"]["routers"]["app"]["middlewares"] = ["auth"]
    with pytest.raises(RevertedError) as caught:
        go(wanted(broken), harness.ActingClock(speed=QUICK))
    assert "the previous file is back, and Traefik shows it" in str(caught.value)
    assert "open /nowhere/users: no such file or directory" in str(caught.value)
    assert (caught.value.label, caught.value.exit_code) == ("reverted", 7)
    assert content(traefik) == to_text(routes())
    assert traefik.routers()["app@file"]["status"] == "enabled"


def guarded(middlewares: dict[str, Any], used: bool = True) -> dict[str, Any]:
    document = routes(middlewares=list(middlewares) if used else [])
    document["http"]["middlewares"] = middlewares
    return document


def test_what_traefik_says_of_the_old_form_proves_nothing(traefik, wanted, go, harness, tmp_path) -> None:
    """All that differs is an option of a middleware: routers, rules and services are what they were."""
    (tmp_path / "users").write_text("user:$2y$05$9oKPbvoBQ/1WYEgS0uKJuORCnZ6rqbQtBKJWWaBBLrRbqA6WSgkMa")
    good = guarded({"auth": {"basicAuth": {"usersFile": str(tmp_path / "users")}}})
    go(wanted(good))
    traefik.stop()
    traefik.throttle = "2s"
    traefik.start()
    traefik.until(lambda: "app@file" in traefik.routers(), "Traefik has not loaded the file")
    with pytest.raises(RevertedError, match="open /nowhere/users: no such file or directory"):
        go(wanted(guarded({"auth": {"basicAuth": {"usersFile": "/nowhere/users"}}})), harness.ActingClock(speed=4))
    assert content(traefik) == to_text(good)
    assert traefik.routers()["app@file"]["status"] == "enabled"


def test_an_option_that_leaves_is_gone_when_publishing_ends(traefik, wanted, go) -> None:
    prefix = {"prefix": {"addPrefix": {"prefix": "/a"}}}
    go(wanted(guarded(prefix)))
    traefik.stop()
    traefik.throttle = "1s"
    traefik.start()
    traefik.until(lambda: "app@file" in traefik.routers(), "Traefik has not loaded the file")
    go(wanted(guarded(prefix, used=False)))
    assert not traefik.routers()["app@file"].get("middlewares")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"m": {"buffering": {"memRequestBodyBytes": 5}}},
         {"m": {"buffering": {"memRequestBodyBytes": 5, "disableRequestBuffer": True}}}),
        ({"m": {"retry": {"attempts": 2, "initialInterval": "90s"}}},
         {"m": {"retry": {"attempts": 2, "initialInterval": "1m30s"}}}),
    ],
    ids=["an option that it never shows", "another word for the same"],
)  # fmt: skip
def test_a_change_that_traefik_does_not_show_is_let_pass(traefik, wanted, go, harness, old, new) -> None:
    go(wanted(guarded(old)))
    go(wanted(guarded(new)), harness.ActingClock(speed=QUICK))
    assert content(traefik) == to_text(guarded(new))


def test_changed_options_are_not_proven_while_traefik_loads_nothing(traefik, wanted, go, harness) -> None:
    old, new = ({"prefix": {"addPrefix": {"prefix": path}}} for path in ("/a", "/b"))
    go(wanted(guarded(old)))
    traefik.put("mine.yml", "http:\n  routers: {}\n")
    with pytest.raises(RevertedError, match=r"middleware prefix still has its old options.*\n.*mine\.yml"):
        go(wanted(guarded(new)), harness.ActingClock(speed=QUICK))


def test_a_route_that_leaves_is_gone_when_publishing_ends(traefik, wanted, go) -> None:
    traefik.stop()
    traefik.throttle = "2s"
    traefik.start()
    go(wanted(merge_routes([routes("stays"), routes("goes")])))
    go(wanted(routes("stays")))
    assert "goes@file" not in traefik.routers()


def test_a_route_that_does_not_leave_is_told(traefik, wanted, go, harness) -> None:
    go(wanted(merge_routes([routes("stays"), routes("goes")])))
    traefik.put("mine.yml", "http:\n  routers: {}\n")
    with pytest.raises(RevertedError, match=r"router goes is still there.*\n.*mine\.yml"):
        go(wanted(routes("stays")), harness.ActingClock(speed=QUICK))


def test_when_nobody_is_to_blame_the_whole_file_comes_back(traefik, wanted, go, harness) -> None:
    """While a file of somebody else is broken, Traefik shows nothing new of anybody."""
    good = wanted(routes("one"))
    go(good)
    traefik.put("mine.yml", "http:\n  routers: {}\n")
    parts = {"one": routes("one", "Host(`new.home.example`)"), "two": routes("two")}
    props, clock = good | {"parts": parts}, harness.ActingClock(speed=QUICK)
    with pytest.raises(RevertedError, match="the previous file is back, and Traefik shows it"):
        publish_parts(harness.connections(clock), props, {"one": routes("one")}, print)
    assert content(traefik) == good["text"]


def test_a_first_file_that_traefik_refuses_is_removed_again(traefik, wanted, go, harness) -> None:
    broken = routes()
    broken["http"]["middlewares"] = {"auth": {"basicAuth": {"usersFile": "/nowhere/users"}}}
    broken["http"]["routers"]["app"]["middlewares"] = ["auth"]
    with pytest.raises(RevertedError, match="it is removed again\n"):
        go(wanted(broken), harness.ActingClock(speed=QUICK))
    assert content(traefik) is None
    assert "app@file" not in traefik.routers()


def test_a_broken_file_of_others_is_named_when_the_proof_fails(traefik, wanted, go, harness) -> None:
    traefik.put("mine.yml", "http:\n  routers: {}\n")
    with pytest.raises(RevertedError) as caught:
        go(wanted(routes()), harness.ActingClock(speed=QUICK))
    assert "mine.yml (http.routers is an empty map)" in str(caught.value)
    assert "router app is missing" in str(caught.value)


def test_a_traefik_that_is_down_refuses_before_anything_is_written(traefik, wanted, go) -> None:
    traefik.stop()
    with pytest.raises(UnreachableError):
        go(wanted(routes()))
    assert content(traefik) is None


def test_a_traefik_that_restarts_in_the_middle_is_waited_for(traefik, wanted, go, harness, monkeypatch) -> None:
    write = DirectoryDelivery.write

    def write_and_stop(self: DirectoryDelivery, name: str, text: str) -> None:
        write(self, name, text)
        traefik.stop()

    monkeypatch.setattr(DirectoryDelivery, "write", write_and_stop)
    go(wanted(routes()), harness.ActingClock({2: traefik.start}))
    assert "app@file" in traefik.routers()


def test_a_traefik_that_goes_down_for_good_gets_its_previous_file_back(
    traefik, wanted, go, harness, monkeypatch
) -> None:
    go(wanted(routes()))
    write = DirectoryDelivery.write

    def write_and_stop(self: DirectoryDelivery, name: str, text: str) -> None:
        write(self, name, text)
        traefik.stop()

    monkeypatch.setattr(DirectoryDelivery, "write", write_and_stop)
    with pytest.raises(RevertedError, match="the previous file is back, but Traefik does not show it") as caught:
        go(wanted(routes(rule="Host(`new.home.example`)")), harness.ActingClock(speed=QUICK))
    assert "cannot be reached" in str(caught.value)
    assert content(traefik) == to_text(routes())


def test_a_slow_traefik_is_waited_for(wanted, go, traefik) -> None:
    traefik.stop()
    traefik.throttle = "2s"
    traefik.start()
    go(wanted(routes("one")))
    go(wanted(routes("two")))
    assert "two@file" in traefik.routers()
    assert "one@file" not in traefik.routers()


def test_routers_that_traefik_renames_are_recognised(traefik, wanted, go) -> None:
    document = routes(entryPoints=["web", "sec"])
    for name, tls in (("le", {"certResolver": "le"}), ("plain", {})):
        document["http"]["routers"][name] = {
            "rule": "Host(`same.home.example`)", "service": "app", "entryPoints": ["sec"], "tls": tls,
        }  # fmt: skip
    go(wanted(document))
    assert "sec-app@file" in traefik.routers()


def test_a_file_that_shadows_ours_is_seen_and_refused_by_name_until_it_is_gone(traefik, wanted, go, harness) -> None:
    props = wanted(routes())
    go(props)
    traefik.put("a-copy.yml", to_text(routes(rule="Host(`elsewhere.home.example`)")))
    traefik.until(lambda: "elsewhere" in traefik.routers()["app@file"]["rule"], "not shadowed")
    seen = deviations(harness.connections(), props, props["text"])
    assert any("a-copy.yml" in line for line in seen)
    with pytest.raises(ConfigurationError, match=r"a-copy\.yml"):
        go(props)
    (traefik.dynamic / "a-copy.yml").unlink()
    go(props)
    assert deviations(harness.connections(), props, props["text"]) == ()


def test_a_traefik_that_lost_its_files_over_a_restart_is_seen(traefik, wanted, go, harness) -> None:
    props = wanted(routes())
    go(props)
    traefik.put("broken.yml", "http: [")
    traefik.restart()
    seen = deviations(harness.connections(harness.ActingClock(speed=QUICK)), props, props["text"])
    assert "router app is missing" in seen
    with pytest.raises(ProductError, match=r"broken\.yml") as caught:
        go(props, harness.ActingClock(speed=QUICK))
    assert not isinstance(caught.value, RevertedError)
    (traefik.dynamic / "broken.yml").unlink()
    go(props)
    assert "app@file" in traefik.routers()


def test_withdrawing_removes_the_file_and_proves_that_its_names_are_gone(traefik, wanted, go, harness) -> None:
    props = wanted(routes())
    go(props)
    go(wanted(routes("guest"), INFRASTRUCTURE_FILE))
    for _ in range(2):
        withdraw(harness.connections(), props)
        assert content(traefik) is None
        assert "app@file" not in traefik.routers()
        assert "guest@file" in traefik.routers()


def test_withdrawing_says_when_traefik_keeps_the_names(traefik, wanted, go, harness) -> None:
    props = wanted(routes())
    go(props)
    traefik.put("broken.yml", "http: [")
    with pytest.raises(ProductError, match=r"broken\.yml") as caught:
        withdraw(harness.connections(harness.ActingClock(speed=QUICK)), props)
    assert "router app" in str(caught.value)


def test_a_file_that_moved_is_withdrawn_from_its_old_place(traefik, wanted, go, harness, tmp_path) -> None:
    olds = wanted(routes())
    go(olds)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    news = wanted(routes(), api="") | {"target": str(elsewhere)}
    go(news)
    for _ in range(2):
        withdraw_from_old_place(harness.connections(), olds | {"api": ""}, news, None, pytest.fail)
        assert content(traefik) is None
        assert [file.name for file in elsewhere.iterdir()] == [STACKS_FILE]


def test_another_way_to_the_same_place_leaves_the_file_there(traefik, wanted, go, harness, tmp_path) -> None:
    olds = wanted(routes())
    go(olds)
    (tmp_path / "link").symlink_to(traefik.dynamic)
    news = olds | {"target": str(tmp_path / "link")}
    go(news)
    withdraw_from_old_place(harness.connections(), olds, news, None, pytest.fail)
    assert [file.name for file in traefik.dynamic.iterdir()] == [STACKS_FILE]
    assert "app@file" in traefik.routers()


def test_a_new_place_that_traefik_does_not_watch_takes_nothing_from_the_old_one(
    traefik, wanted, go, harness, tmp_path
) -> None:
    olds = wanted(routes())
    go(olds)
    (tmp_path / "unwatched").mkdir()
    news = olds | {"target": str(tmp_path / "unwatched")}
    for _ in range(2):
        go(news)
        with pytest.raises(ProductError, match=r"does not load .* from its new place") as refused:
            withdraw_from_old_place(
                harness.connections(harness.ActingClock(speed=QUICK)), olds, news, None, pytest.fail
            )
        assert f"phoenix:traefikTarget {traefik.dynamic}" in str(refused.value)
        assert [*(tmp_path / "unwatched").iterdir()] == []
        assert content(traefik) == olds["text"]
        assert "app@file" in traefik.routers()


def test_a_file_moves_to_another_traefik(traefik, shared_traefik, wanted, go, harness) -> None:
    olds = wanted(routes())
    go(olds)
    news = olds | {"target": str(shared_traefik.dynamic), "api": shared_traefik.api}
    go(news)
    withdraw_from_old_place(harness.connections(), olds, news, None, pytest.fail)
    assert (content(traefik), content(shared_traefik)) == (None, news["text"])
    assert "app@file" in shared_traefik.routers()
    (shared_traefik.dynamic / STACKS_FILE).unlink()


@pytest.mark.parametrize("gone", ["directory", "Traefik"])
def test_an_old_place_that_is_gone_for_good_is_warned_of_and_forgotten(
    traefik, wanted, go, harness, tmp_path, gone: str
) -> None:
    olds = wanted(routes())
    go(olds)
    (tmp_path / "elsewhere").mkdir()
    news = wanted(routes(), api="") | {"target": str(tmp_path / "elsewhere")}
    go(news)
    traefik.stop()
    if gone == "directory":
        (traefik.dynamic / STACKS_FILE).unlink()
        traefik.dynamic.rmdir()
    said: list[str] = []
    withdraw_from_old_place(harness.connections(harness.ActingClock(speed=QUICK)), olds, news, None, said.append)
    assert f"may still count at the old place {traefik.dynamic}" in said[0]
    assert [file.name for file in (tmp_path / "elsewhere").iterdir()] == [STACKS_FILE]
    assert content(traefik) is None


def test_a_removal_that_nobody_can_prove_is_not_reachable(traefik, wanted, go, harness) -> None:
    props = wanted(routes())
    go(props)
    traefik.stop()
    for _ in range(2):
        with pytest.raises(UnreachableError, match="is not proven that Traefik has let go"):
            withdraw(harness.connections(harness.ActingClock(speed=QUICK)), props)
        assert content(traefik) is None
    traefik.start()
    withdraw(harness.connections(), props)
