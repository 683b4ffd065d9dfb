"""The toolchain's folder: complete or not there at all. A script stands in for Go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.messages import SetUpError
from tools.places import toolchain_folder
from tools.pulumi_toolchain import SDK_SCRIPTS, ensure_toolchain, is_built, is_complete

GO = """#!/bin/sh
echo "$@" >> {calls}
case "$1 $2" in
    "env GOVERSION") echo go1.30.0 ;;
    "list -mod=readonly") case "$*" in
        *-deps*) echo {sources} > {fetched}; printf 'fmt\\nos\\n' ;;
        *) cat {fetched} ;;
    esac ;;
    build*) {build} ;;
esac
"""
WRITE_PULUMI = """while [ "$1" != -o ]; do shift; done; echo '#!/bin/sh' > "$2"; chmod +x "$2" """


class FakeGo:
    """A Go on PATH that writes its arguments down."""

    def __init__(self, folder: Path, build: str) -> None:
        self.calls = folder / "calls"
        self.fetched = folder / "fetched"
        sources = folder / "sdk"
        for script in SDK_SCRIPTS:
            (sources / script).parent.mkdir(parents=True, exist_ok=True)
            (sources / script).write_text("#!/bin/sh\n")
        go = folder / "go"
        go.write_text(GO.format(calls=self.calls, fetched=self.fetched, sources=sources, build=build))
        go.chmod(0o755)

    def lose_sources(self) -> None:
        """Have none until they are fetched again."""
        self.fetched.unlink()

    def builds(self) -> int:
        return sum(line.startswith("build ") for line in self.calls.read_text().splitlines())


def use(folder: Path, build: str, monkeypatch: pytest.MonkeyPatch) -> FakeGo:
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return FakeGo(folder, build)


def test_a_build_makes_the_folder_complete_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = use(tmp_path, WRITE_PULUMI, monkeypatch)
    folder = tmp_path / "cache" / "bin"

    ensure_toolchain(folder)
    ensure_toolchain(folder)

    assert is_complete(folder)
    assert sorted(file.name for file in folder.iterdir()) == [
        "pulumi",
        "pulumi-analyzer-policy-python",
        "pulumi-language-python",
        "pulumi-language-python-exec",
        "pulumi-language-python.pyz",
        "pulumi-language-python.sha256",
        "pulumi-resource-pulumi-python",
    ]
    assert go.builds() == 1


def test_a_failed_build_leaves_nothing_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(tmp_path, "echo 'no space left'; exit 3", monkeypatch)
    folder = tmp_path / "cache" / "bin"

    with pytest.raises(SetUpError) as caught:
        ensure_toolchain(folder)

    assert str(caught.value) == "`go build` failed with exit code 3: no space left"
    assert [file.name for file in folder.parent.iterdir()] == ["lock"]
    assert "stopped after 0 min" in capsys.readouterr().out


def test_what_a_killed_build_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(tmp_path, WRITE_PULUMI, monkeypatch)
    left_over = tmp_path / "cache" / "building-x1"
    left_over.mkdir(parents=True)
    (left_over / "pulumi").write_text("half")

    ensure_toolchain(tmp_path / "cache" / "bin")

    assert not left_over.exists()


@pytest.mark.parametrize(
    ("lost", "sources", "builds"),
    [
        pytest.param("pulumi", True, 2, id="the command"),
        pytest.param("pulumi-resource-pulumi-python", True, 1, id="a script"),
        pytest.param("pulumi-resource-pulumi-python", False, 2, id="a script and its sources"),
    ],
)
def test_a_folder_that_lost_a_file_is_made_complete(
    lost: str, sources: bool, builds: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = use(tmp_path, WRITE_PULUMI, monkeypatch)
    folder = tmp_path / "cache" / "bin"
    ensure_toolchain(folder)
    (folder / lost).unlink()
    if not sources:
        go.lose_sources()

    assert not is_built(folder)
    ensure_toolchain(folder)

    assert is_complete(folder)
    assert go.builds() == builds


def test_a_changed_language_host_is_put_in_place_without_a_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = use(tmp_path, WRITE_PULUMI, monkeypatch)
    folder = tmp_path / "cache" / "bin"
    ensure_toolchain(folder)
    (folder / "pulumi-language-python.sha256").write_text("of an older one")

    assert not is_complete(folder)
    ensure_toolchain(folder)

    assert is_complete(folder)
    assert go.builds() == 1


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"PHOENIX_CACHE": "/c", "XDG_CACHE_HOME": "/x"}, "/c/pulumi-3.220.0/bin"),
        ({"XDG_CACHE_HOME": "/x"}, "/x/phoenix-sync/pulumi-3.220.0/bin"),
        ({}, "/home/me/.cache/phoenix-sync/pulumi-3.220.0/bin"),
    ],
)
def test_where_the_folder_is(variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")

    assert toolchain_folder(variables) == Path(expected)
