"""`phoenix init --stack`: files that are more than their text, and what is typed at the command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from phoenix_providers.cli.main import phoenix
from phoenix_providers.errors import UsageError


def run(*arguments: object) -> str:
    return CliRunner().invoke(phoenix, [str(part) for part in arguments], catch_exceptions=False).stdout


def loaded(file: Path) -> Any:
    return YAML(typ="safe", pure=True).load(file.read_text())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "pro ject").mkdir()
    return tmp_path / "pro ject"


def mounting(source: Path, *mounts: str) -> None:
    listed = "".join(f"      - {mount}\n" for mount in mounts)
    (source / "docker-compose.yml").write_text(f"services:\n  web:\n    image: i\n    volumes:\n{listed}")


def test_links_out_of_the_project_are_listed_and_not_followed(source: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.conf").write_text("not-ours\n")
    (source / "conf").mkdir()
    (source / "conf" / "own.conf").write_text("ours\n")
    (source / "conf" / "shadow").symlink_to(tmp_path / "outside" / "a.conf")
    (source / "one.conf").symlink_to(tmp_path / "outside" / "a.conf")
    (source / "all").symlink_to(tmp_path / "outside")
    (source / "tree").mkdir()
    (source / "tree" / "below").symlink_to(tmp_path / "outside")
    (source / "within.conf").symlink_to(source / "conf" / "own.conf")
    mounting(source, "./conf:/c:ro", "./one.conf:/o:ro", "./all:/a:ro", "./tree:/t:ro", "./within.conf:/w:ro")
    with (source / "docker-compose.yml").open("a") as file:
        file.write("    configs: [{source: k, target: /k}]\nconfigs: {k: {file: ./one.conf}}\n")
    output = run("init", tmp_path / "stack", "--stack", source)
    made = [path for path in (tmp_path / "stack").rglob("*") if path.is_file()]
    assert not any("not-ours" in path.read_text() for path in made)
    assert (tmp_path / "stack" / "conf" / "own.conf").read_text() == "ours\n"
    assert "mounts ./conf, a folder in which shadow is a link that leads out of pro ject" in output
    assert "mounts ./one.conf, a link that leads out of pro ject" in output
    assert "mounts ./all, a link that leads out of pro ject" in output
    assert "mounts ./tree, a folder in which below is a link to another folder" in output
    assert "configs.k is ./one.conf, a link that leads out of pro ject" in output


def test_a_pipe_is_listed_and_nobody_waits_for_it(source: Path, tmp_path: Path) -> None:
    os.mkfifo(source / "pipe")
    (source / "conf").mkdir()
    os.mkfifo(source / "conf" / "pipe")
    mounting(source, "./pipe:/pipe:ro", "./conf:/conf:ro")
    output = run("init", tmp_path / "stack", "--stack", source)
    assert "mounts ./pipe, no regular file" in output
    assert "a folder in which pipe is no regular file" in output
    os.mkfifo(source / "other.yml")
    (source / "docker-compose.yml").write_text("services: {a: {extends: {file: other.yml, service: a}}}\n")
    with pytest.raises(UsageError, match=r"other\.yml cannot be read"):
        run("init", tmp_path / "another", "--stack", source)


def test_a_file_with_a_name_of_ours_gets_another_one(source: Path, tmp_path: Path) -> None:
    (source / "docker-compose.yml").write_text(
        "services: {web: {image: i, volumes: ['./docker-compose.yml:/shown.yml:ro', './phoenix.yaml:/p.yaml:ro']}}\n"
    )
    (source / "phoenix.yaml").write_text("description: theirs\n")
    run("init", tmp_path / "stack", "--stack", source)
    files = loaded(tmp_path / "stack" / "phoenix.yaml")["environments"]["production"]["files"]
    delivered = {file["destination_in_container"]: (tmp_path / "stack" / file["source"]).read_text() for file in files}
    assert delivered == {
        "/shown.yml": (source / "docker-compose.yml").read_text(),
        "/p.yaml": (source / "phoenix.yaml").read_text(),
    }


def test_what_is_executable_stays_so(source: Path, tmp_path: Path) -> None:
    (source / "bin").mkdir()
    for name in ("run.sh", "bin/more.sh", "bin/plain.txt"):
        (source / name).write_text("echo $HOME\n")
        (source / name).chmod(0o644 if name.endswith("txt") else 0o755)
    mounting(source, "./run.sh:/run.sh:ro", "./bin:/opt/bin:ro")
    output = run("init", tmp_path / "stack", "--stack", source)
    compose = loaded(tmp_path / "stack" / "docker-compose.yml")
    assert compose["services"]["web"]["configs"] == [
        {"source": "run.sh", "target": "/run.sh", "mode": 0o755},
        {"source": "more.sh", "target": "/opt/bin/more.sh", "mode": 0o755},
    ]
    assert compose["configs"] == {"run.sh": {"content": "echo $$HOME\n"}, "more.sh": {"content": "echo $$HOME\n"}}
    assert "keeps it executable" in output
    assert "alone is blocked" not in output


def test_of_a_folder_without_a_place_for_one_file_nothing_is_carried(source: Path, tmp_path: Path) -> None:
    for name in ("one/z.conf", "two/a.conf", "two/z.conf", "two/tls.key"):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text(f"{name}\n")
    (source / "docker-compose.yml").write_text(
        "services: {a: {image: i, volumes: ['./one:/c:ro']}, b: {image: i, volumes: ['./two:/c:ro']}}\n"
    )
    output = run("init", tmp_path / "stack", "--stack", source)
    manifest = loaded(tmp_path / "stack" / "phoenix.yaml")["environments"]["production"]
    assert [file["source"] for file in manifest["files"]] == ["one/z.conf"]
    assert "variables" not in manifest
    assert "secrets" not in loaded(tmp_path / "stack" / "docker-compose.yml")
    assert "another service has another file at /c/z.conf" in output


def test_printed_commands_can_be_typed_as_they_are(source: Path, tmp_path: Path) -> None:
    (source / "db password.txt").write_text("hunter22\n")
    (source / "data").mkdir()
    (source / "docker-compose.yml").write_text(
        "services: {web: {image: i, build: ., volumes: ['./data:/data']}, own: {build: {context: x, target: t}}}\n"
        "secrets: {pw: {file: './db password.txt'}}\nnetworks: {n: {external: true}}\n"
    )
    output = run("init", tmp_path / "stack", "--stack", source, "--on-vm", "/opt/my app")
    assert f"(cat '{source}/db password.txt'; echo) | pulumi config set --secret" in output
    assert f"scp -r '{source}/data' VM:'/opt/my app/data'" in output
    assert f"cd '{source}' && docker compose build web && docker push i; then `image`" in output
    tagged = "docker compose build own && docker tag project-own REGISTRY/own:TAG && docker push REGISTRY/own:TAG; then"
    assert tagged in output
    with pytest.raises(UsageError) as refused:
        run("init", tmp_path / "stack", "--stack", source)
    assert f"--stack '{source}'" in str(refused.value)


def test_a_place_on_the_vm_is_absolute(source: Path, tmp_path: Path) -> None:
    mounting(source, "./data:/data")
    with pytest.raises(UsageError, match="no absolute path"):
        run("init", tmp_path / "stack", "--stack", source, "--on-vm", "opt/app")
    assert not (tmp_path / "stack").exists()


def test_a_place_on_the_vm_belongs_to_a_compose_project(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none is named"):
        run("init", tmp_path / "site", "--on-vm", "/opt/app")
    assert not (tmp_path / "site").exists()


def test_a_secret_that_not_everybody_may_read_stays_like_that(source: Path, tmp_path: Path) -> None:
    for name, mode in (("id", 0o600), ("own", 0o640), ("open", 0o644)):
        (source / name).write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n")
        (source / name).chmod(mode)
    (source / "docker-compose.yml").write_text(
        "services: {a: {image: i, volumes: ['./id:/root/.ssh/id:ro'],\n"
        "  secrets: [own, open, {source: own, target: /z, mode: 0o400}]}}\n"
        "secrets: {own: {file: ./own}, open: {file: open}}\n"
    )
    run("init", tmp_path / "stack", "--stack", source)
    file = (source / "id").stat()
    owner = {"uid": str(file.st_uid), "gid": str(file.st_gid)} if file.st_uid or file.st_gid else {}
    assert loaded(tmp_path / "stack" / "docker-compose.yml")["services"]["a"]["secrets"] == [
        {"source": "own", "mode": 0o640, **owner},
        "open",
        {"source": "own", "target": "/z", "mode": 0o400, **owner},
        {"source": "id", "target": "/root/.ssh/id", "mode": 0o600, **owner},
    ]


def test_lines_that_may_hold_a_password_are_named_and_no_others(source: Path, tmp_path: Path) -> None:
    lines = [
        ("proxy_pass http://app:80;", False),
        ("    uwsgi_pass uwsgi://app:80;", False),
        ("requirepass linepass", True),
        ("smtp_pass: linepass", True),
        ("token ghp_abcdefghijklmnopqrstuvwxyz0123456789", True),
        ("access_token_lifetime = 10", False),
    ]
    (source / "app.conf").write_text("".join(f"{line}\n" for line, _ in lines) + "other\n")
    mounting(source, "./app.conf:/app.conf:ro")
    output = run("init", tmp_path / "stack", "--stack", source)
    told = [f"app.conf:{number}  may hold" in output for number in range(1, len(lines) + 1)]
    assert told == [tells for _, tells in lines]
