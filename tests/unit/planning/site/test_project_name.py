from __future__ import annotations

import re

import pytest

from phoenix_providers.planning.site.project_name import project_name


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("home-lab", "home-lab"),
        ("Home Lab (new)", "Home-Lab-new"),
        ("haus.example", "haus.example"),
        ("Zuhause_2", "Zuhause_2"),
        (".config", "config"),
        ("küche", "k-che"),
        ("家", "phoenix"),
        ("", "phoenix"),
        ("x" * 150, "x" * 100),
    ],
)
def test_it_is_the_folders_as_far_as_pulumi_takes_it(folder: str, name: str) -> None:
    assert project_name(folder) == name
    # The rule of the engine's own check of project names.
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", name)
