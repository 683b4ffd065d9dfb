"""Writes the JSON Schemas of what `--json` prints into docs/json."""

from __future__ import annotations

from pathlib import Path

from phoenix_providers.cli.documents.schemas import FOLDER, schema_texts


def main() -> None:
    """Write those that are not current."""
    folder = Path(__file__).parents[1] / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schema_texts().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
