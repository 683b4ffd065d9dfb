from __future__ import annotations

import pytest

from phoenix_providers.planning.stacks.bootstrap import bootstrap_reason, images_in


@pytest.mark.parametrize(
    ("image", "word"),
    [
        ("portainer/portainer-ce:2.39.0", "server"),
        ("docker.io/portainer/portainer-ee@sha256:00", "server"),
        ("registry.lan:5000/portainer/portainer-ce", "server"),
        ("portainer/agent:latest", "agent of apps"),
        ("nginx:1", ""),
        ("someone/portainer-ce-exporter", ""),
        ("other/agent", ""),
        ("", ""),
    ],
)
def test_portainer_itself_is_bootstrap(image: str, word: str) -> None:
    reason = bootstrap_reason(["nginx", image], "apps")
    assert bool(reason) is bool(word)
    assert word in reason


def test_images_of_a_file_that_cannot_be_read() -> None:
    broken = """services:\n  p: {image: "portainer/portainer-ce:2"}\n # image: no\n  q:\n   image: 'a/b' # c\n  - ["""
    assert images_in(broken) == ("portainer/portainer-ce:2", "no", "a/b")
