from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from phoenix_providers.planning.compose.injection import inject
from phoenix_providers.planning.compose.mounted_files import DIGEST_LABEL, MountedFile

LIST = """\
# What it is.
services:
  web:  # the web
    image: nginx
    labels:
      # ours
      - a=1  # one

  # the database
  db:
    image: postgres
volumes:
  data: {}
"""


def loaded(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def test_nothing_to_add_leaves_every_byte() -> None:
    odd = "services:   {web: {image:   nginx}}\r\n\n\n# end"
    assert inject(odd, {"web": []}, []) == odd


def test_labels_join_a_list_and_every_comment_stays_where_it_was() -> None:
    text = inject(LIST, {"web": ["b=x=y", "a=1"]}, [])
    assert loaded(text)["services"]["web"]["labels"] in (["a=1", "b=x=y"], ["b=x=y", "a=1"])
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0] == "# What it is."
    assert "web:  # the web" in lines
    assert lines.index("# the database") == lines.index("db:") - 1
    assert [line for line in lines if line.startswith("- a=1")] == ["- a=1  # one"]
    assert [line for line in LIST.splitlines() if line not in text.splitlines()] == []


def test_a_label_of_the_manifest_replaces_one_of_the_file() -> None:
    assert loaded(inject(LIST, {"web": ["a=2"]}, []))["services"]["web"]["labels"] == ["a=2"]


def test_a_label_of_the_manifest_replaces_every_one_of_its_name_since_the_last_counts() -> None:
    text = inject("services: {web: {image: i, labels: [a=1, b=2, a=3]}}", {"web": ["a=9"]}, [])
    assert loaded(text)["services"]["web"]["labels"] == ["a=9", "b=2", "a=9"]


def test_labels_join_a_map() -> None:
    text = inject("services:\n  web:\n    labels:\n      z: 'true'\n      a: 1\n", {"web": ["b=2", "a=1", "flag"]}, [])
    assert loaded(text)["services"]["web"]["labels"] == {"z": "true", "a": 1, "b": "2", "flag": ""}


def test_a_service_without_labels_gets_them_and_its_neighbours_comment_stays() -> None:
    text = inject(LIST, {"db": ["c=3"]}, [])
    assert loaded(text)["services"]["db"] == {"image": "postgres", "labels": ["c=3"]}
    assert loaded(text)["volumes"] == {"data": {}}


@pytest.mark.parametrize(
    "compose",
    [
        "x-l: &l\n  - a=1\nservices:\n  web:\n    image: i\n    labels: *l\n  db:\n    image: i\n    labels: *l\n",
        "x-s: &s\n  labels:\n    - a=1\nservices:\n  web:\n    <<: *s\n    image: i\n  db:\n    <<: *s\n    image: i\n",
        "services:\n  web:\n    image: i\n    labels: &l\n      - a=1\n  db:\n    image: i\n    labels: *l\n",
    ],
)
def test_shared_labels_are_not_changed_for_others(compose: str) -> None:
    services = loaded(inject(compose, {"web": ["b=2"]}, []))["services"]
    assert sorted(services["web"]["labels"]) == ["a=1", "b=2"]
    assert services["db"]["labels"] == ["a=1"]


def test_files_become_configs_with_their_exact_text_and_a_digest() -> None:
    content = "a: $$x\r\n\ttab # \"q\" 'q'\n\n  trailing \nüñ"
    file = MountedFile("phoenix-etc-a", "/etc/a", content, ("web",))
    document = loaded(inject(LIST, {}, [file]))
    assert document["configs"] == {"phoenix-etc-a": {"content": content}}
    assert document["services"]["web"]["configs"] == [{"source": "phoenix-etc-a", "target": "/etc/a"}]
    assert "configs" not in document["services"]["db"]
    (digest,) = [label for label in document["services"]["web"]["labels"] if label.startswith(DIGEST_LABEL)]
    other = loaded(inject(LIST, {}, [MountedFile("phoenix-etc-a", "/etc/a", content + "!", ("web",))]))
    assert digest not in other["services"]["web"]["labels"]


def test_configs_that_are_there_stay() -> None:
    compose = "services:\n  web:\n    image: i\n    configs:\n      - mine\nconfigs:\n  mine:\n    external: true\n"
    document = loaded(inject(compose, {}, [MountedFile("phoenix-a", "/a", "x", ("web",))]))
    assert document["configs"] == {"mine": {"external": True}, "phoenix-a": {"content": "x"}}
    assert document["services"]["web"]["configs"] == ["mine", {"source": "phoenix-a", "target": "/a"}]


def test_injecting_is_deterministic_and_injecting_again_changes_nothing() -> None:
    once = inject(LIST, {"web": ["b=2"], "db": ["c=3"]}, [])
    assert inject(LIST, {"db": ["c=3"], "web": ["b=2"]}, []) == once
    assert inject(once, {"web": ["b=2"], "db": ["c=3"]}, []) == once


@pytest.mark.parametrize("none", ["!reset null", "!reset", "!reset []", "!reset {b: x}"])
@pytest.mark.parametrize(("extends", "tag"), [("", ""), ("extends: base", " !override")])
def test_what_is_reset_is_no_place_for_what_is_added(none: str, extends: str, tag: str) -> None:
    own = (extends or "restart: always", f"labels: {none}", f"configs: {none}")
    text = "services:\n  base: {image: i, labels: [b=1]}\n  web:\n    image: i\n" + "".join(
        f"    {one}\n" for one in own
    )
    added = inject(text, {"web": ["a=1"]}, [MountedFile("f", "/f", "x", ("web",))])
    assert "!reset" not in added
    assert f'labels:{tag}\n      - "a=1"\n' in added
    assert f"configs:{tag}\n      - source: f\n" in added
