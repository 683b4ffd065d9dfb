"""The whole program in a preview, of everything and of one stack: which images `up` could not have."""

from __future__ import annotations

from .sequences import Sequences


def test_everything_and_one_stack(site: Sequences) -> None:
    site.spoil("a", "missing image")
    site.edit("b", "image")
    before = len(site.world.lab.requests())
    everything = site.world.preview()
    asked = [one["path"] for one in site.world.lab.requests()[before:] if "/docker/distribution/" in one["path"]]
    assert len(asked) == 2
    assert everything.warnings.count("a run would refuse a@111: not sent: the image nosuch/web:") == 1
    assert "would refuse b@" not in everything.warnings
    assert not everything.failed
    alone = {name: site.world.preview(site.world.engine.scope_of(name)).warnings for name in ("a@111", "b@112")}
    assert "a run would refuse a@111: not sent: the image nosuch/web:" in alone["a@111"]
    assert "would refuse" not in alone["b@112"]
