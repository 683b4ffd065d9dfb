"""Setting aside what the old scripts generated, and bringing it back, in every place of delivery."""

from __future__ import annotations

from phoenix_providers.operations.traefik.scripts_take_over import bring_back, set_aside
from phoenix_providers.planning.traefik.scripts_file import ScriptsFile


def generated(text: str) -> ScriptsFile:
    return ScriptsFile("dynamic_conf.yml", text, (), (), (), "", ())


def files(place) -> dict[str, str]:
    return {file.name: file.read_text() for file in place.folder.iterdir()}


def test_a_copy_stays_that_traefik_does_not_load(place) -> None:
    (place.folder / "dynamic_conf.yml").write_text("first")
    set_aside(place.delivery, [generated("first")])
    assert files(place) == {"dynamic_conf.yml.before-phoenix": "first"}
    assert place.delivery.other_files(()) == {}
    bring_back(place.delivery, [generated("first")])
    assert files(place)["dynamic_conf.yml"] == "first"
    set_aside(place.delivery, [generated("first")])
    assert files(place) == {"dynamic_conf.yml.before-phoenix": "first"}


def test_the_first_copy_stays_when_the_scripts_ran_again(place) -> None:
    set_aside(place.delivery, [generated("first")])
    set_aside(place.delivery, [generated("second")])
    assert files(place)["dynamic_conf.yml.before-phoenix"] == "first"
    assert sorted(files(place).values()) == ["first", "second"]
