"""What `--json` prints has schemas, and they are kept beside the pages that describe it."""

from __future__ import annotations

from pathlib import Path

from phoenix_providers.cli.documents.schemas import FOLDER, schema_texts

ROOT = Path(__file__).parents[3]


def test_the_kept_schemas_are_those_of_the_models() -> None:
    kept = {file.name: file.read_text() for file in (ROOT / FOLDER).glob("*.schema.json")}
    assert kept == schema_texts()
