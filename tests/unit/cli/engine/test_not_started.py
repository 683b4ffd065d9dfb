"""Why an engine did not start, which it says in its own words alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.errors import UsageError

# Decrypts nothing of what is named on its command line; all else goes well, but a run.
_ENGINE = """
import sys
secret, *words = sys.argv[1:]
if secret and secret in words and "--show-secrets" in words:
    sys.exit("error: incorrect passphrase")
if words[0] == "up":
    sys.exit("error: getting the secrets manager")
print("{}")
"""


@pytest.mark.parametrize(
    ("secret", "what"),
    [
        ("config", "Pulumi needs the passphrase of this stack"),
        ("export", "Pulumi needs the passphrase of this stack"),
        ("", "The engine did not start; its own message is above"),
    ],
)
def test_a_wrong_passphrase_is_told_as_by_all_other_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str, what: str
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: home\n")
    script = tmp_path / "engine.py"
    script.write_text(_ENGINE)
    monkeypatch.setattr(Engine, "_program", staticmethod(lambda: [sys.executable, str(script), secret]))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "wrong")
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    monkeypatch.setattr(Engine, "stack_name", "prod")
    with pytest.raises(UsageError) as caught:
        Engine(tmp_path).run("up", targets=["x"])
    assert caught.value.explanation.what == what
