"""The JSON Schemas of what `--json` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from phoenix_providers.cli.documents.check_document import CheckDocument
from phoenix_providers.cli.documents.doctor_document import DoctorDocument
from phoenix_providers.cli.documents.document import Document
from phoenix_providers.cli.documents.plan_document import PlanDocument
from phoenix_providers.cli.documents.status_document import StatusDocument
from phoenix_providers.cli.documents.sync_document import SyncDocument
from phoenix_providers.cli.documents.why_document import WhyDocument

# Beside the pages that describe the commands.
FOLDER = Path("docs/json")
# Each command that has `--json`.
DOCUMENTS: tuple[type[Document], ...] = (
    CheckDocument,
    DoctorDocument,
    PlanDocument,
    StatusDocument,
    SyncDocument,
    WhyDocument,
)


def schema_texts() -> Mapping[str, str]:
    """Return the text of every schema by file name."""
    return {
        f"{one.command}.schema.json": json.dumps(one.model_json_schema(mode="serialization"), indent=2) + "\n"
        for one in DOCUMENTS
    }
