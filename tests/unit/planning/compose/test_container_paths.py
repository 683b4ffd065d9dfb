"""A file that would not arrive in its container is refused, with its line, before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

HEAD = "services: {web: {image: i, ports: ['8080:80'], "


def planned(make_plan: Any, compose: str, *files: Any) -> tuple[str, list[str]]:
    entries = [file if isinstance(file, dict) else {"source": "a", "destination_in_container": file} for file in files]
    plan = make_plan({"web": (compose, {"files": entries})}, files={"web/a": b"x"})
    (stack,) = plan.stacks
    problems = (*plan.problems, *stack.blocking)
    for problem in problems:
        assert problem.location is not None
        assert problem.location.line
    return stack.compose or "", [problem.message for problem in problems]


@pytest.mark.parametrize(
    ("service", "destination", "says"),
    [
        ("read_only: true}}", "/etc/a", "its root is read-only"),
        ("read_only: true, volumes: ['v:/data']}}\nvolumes: {v: }", "/data/a", "its root is read-only"),
        ("tmpfs: /run}}", "/run/a", "the tmpfs on /run would cover it"),
        ("tmpfs: ['/run:size=1m', /tmp]}}", "/run/x/a", "the tmpfs on /run would cover it"),
        ("volumes: [{type: tmpfs, target: /run/}]}}", "/run/a", "the tmpfs on /run would cover it"),
        (
            "volumes: ['v:/data']}}\nvolumes: {v: {driver_opts: {type: tmpfs, device: tmpfs}}}",
            "/data/a",
            "the tmpfs on /data would cover it",
        ),
        ("volumes: ['v:/data:ro']}}\nvolumes: {v: }", "/data/a", "mounted on /data is read-only"),
        ("volumes: [{type: bind, source: /srv, target: /data, read_only: true}]}}", "/data/a", "read-only"),
        ("volumes: ['v:/data/x']}}\nvolumes: {v: }", "/data", "/data/x is mounted below it"),
        ("configs: [{source: c, target: /etc/app}]}}\nconfigs: {c: {content: x}}", "/etc/app/a", "/etc/app is a file"),
        ("configs: [etc]}}\nconfigs: {etc: {content: x}}", "/etc/a", "/etc is a file"),
        ("tty: true}}", "/etc/hosts", "Docker puts a file of its own there"),
        ("tty: true}}", "/dev/shm/a", "/dev is the kernel's own"),
        ("tty: true}}", "/proc/a", "/proc is the kernel's own"),
        ("tty: true}}", "etc/a", "needs an absolute path"),
        ("tty: true}}", "/", "needs an absolute path"),
        ("tty: true}}", "/etc/", "needs an absolute path"),
        ("tty: true}}", "//etc/a", "needs an absolute path"),
        ("tty: true}}", "/etc/../a", "needs an absolute path"),
    ],
)
def test_what_would_not_arrive(make_plan: Any, service: str, destination: str, says: str) -> None:
    compose, problems = planned(make_plan, HEAD + service, destination)
    assert compose == ""
    assert any(says in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("service", "destination"),
    [
        ("tmpfs: /run}}", "/running/a"),
        ("tmpfs: /run, volumes: ['v:/run/app']}}\nvolumes: {v: }", "/run/app/a"),
        ("volumes: ['v:/data']}}\nvolumes: {v: }", "/data/a"),
        ("volumes: ['/srv:/data:z']}}", "/data/a"),
        ("read_only: false}}", "/etc/a"),
    ],
)
def test_what_arrives(make_plan: Any, service: str, destination: str) -> None:
    compose, problems = planned(make_plan, HEAD + service, destination)
    assert destination in compose
    assert problems == []


def test_files_of_which_one_would_be_a_folder_of_the_other(make_plan: Any) -> None:
    compose, problems = planned(make_plan, HEAD + "tty: true}}", "/etc/app", "/etc/app/a")
    assert compose == ""
    assert "another file is mounted at /etc/app" in problems[0]


def test_a_file_can_name_its_services(make_plan: Any) -> None:
    text = HEAD + "tty: true}, proxy: {image: i, read_only: true}}"
    assert "cannot be put into proxy" in planned(make_plan, text, "/etc/a")[1][0]


def test_a_file_for_one_service_does_not_meet_the_others(make_plan: Any) -> None:
    text = HEAD + "tty: true}, proxy: {image: i, read_only: true}}"
    compose, problems = planned(
        make_plan, text, {"source": "a", "destination_in_container": "/etc/a", "services": ["web"]}
    )
    assert problems == []
    assert compose.count("source: phoenix-etc-a") == 1


def test_a_file_for_an_unknown_service_is_an_error(make_plan: Any) -> None:
    entry = {"source": "a", "destination_in_container": "/etc/a", "services": ["wbe"]}
    assert "the service wbe" in planned(make_plan, HEAD + "tty: true}}", entry)[1][0]


def test_what_already_has_something_there_or_does_not_run_is_left_out(make_plan: Any) -> None:
    text = (
        HEAD + "tty: true}, proxy: {image: i, read_only: true, volumes: ['/dev/null:/etc/a']}, "
        "off: {image: i, read_only: true, profiles: [debug]}}"
    )
    assert planned(make_plan, text, "/etc/a")[1] == []


@pytest.mark.parametrize(
    ("text", "severity", "says"),
    [
        ("read_only: true, configs: [c]}}\nconfigs: {c: {content: x}}", "error", "its root is read-only"),
        ("read_only: true, secrets: [c]}}\nsecrets: {c: {environment: PATH}}", "error", "its root is read-only"),
        ("tmpfs: /run, secrets: [c]}}\nsecrets: {c: {environment: PATH}}", "warning", "the tmpfs on /run"),
        ("read_only: true, configs: [c]}}\nconfigs: {c: {file: /srv/c}}", "", ""),
        ("read_only: true, secrets: [c]}}\nsecrets: {c: {file: /srv/c}}", "", ""),
    ],
)
def test_the_compose_files_own_texts_are_judged_alike(make_plan: Any, text: str, severity: str, says: str) -> None:
    plan = make_plan({"web": (HEAD + text, {})})
    problems = (*plan.problems, *plan.stacks[0].blocking)
    found = [(problem.severity.value, problem.message) for problem in problems]
    assert [one for one, _ in found] == ([severity] if severity else [])
    assert all(says in message for _, message in found)
