"""Whatever a compose project holds: it becomes a stack's folder, or it is refused; nothing else happens."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_providers.cli.stack_import.command import make_stack
from phoenix_providers.errors import PhoenixError

_COMPOSE_WORDS = """
    services web image labels ports volumes configs secrets env_file label_file build extends profiles expose source
    target type bind file include path required format raw ./x ./f.txt:/f ./f.txt 80 8080:80 a=1 A B=2 traefik.enable
    traefik.http.x=${A} ${A} ${A:-./f.txt} $ $$ environment name external driver_opts device service web other
    networks content read_only false context
"""
_WORDS = st.sampled_from(_COMPOSE_WORDS.split())
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-1, 70000), _WORDS, st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_WORDS, inner, max_size=4)),
    max_leaves=12,
)
_SERVICES = st.dictionaries(_WORDS, _VALUES, max_size=6)


@settings(max_examples=25, deadline=None)
@given(_SERVICES, _SERVICES, _SERVICES, _VALUES, st.one_of(st.just("A=1\n"), st.text(max_size=20)))
def test_any_folder(web: Any, other: Any, top: dict[str, Any], override: Any, env: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        project.mkdir()
        (project / "f.txt").write_text("x\n")
        (project / ".env").write_bytes(env.encode("utf-8", "surrogatepass"))
        (project / "compose.yml").write_text(json.dumps({**top, "services": {"web": web, "other": other}}))
        (project / "compose.override.yml").write_text(json.dumps({"services": {"web": override}, "include": override}))
        with suppress(PhoenixError):
            list(make_stack(project, Path(folder) / "stack", None))
