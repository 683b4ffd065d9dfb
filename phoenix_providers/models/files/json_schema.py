"""JSON Schemas of the new spelling, so that editors complete and check the files.

They are stricter than the loader, which takes fields of other programs as existing files have them: in a new file a
key that nobody reads is a slip more often than not. Keys that begin with `x-`, `$` or `_` are free.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field, create_model
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

from phoenix_providers.models.base import FileModel, StrictModel
from phoenix_providers.models.engine_properties import Properties
from phoenix_providers.models.guest import Container, VirtualMachine
from phoenix_providers.models.site import SiteFile
from phoenix_providers.models.stack import StackManifest

SCHEMA_FOLDER = "schema"
_FREE_KEYS = "^(x-|[$_])"
_VMS = create_model(
    "VirtualMachines",
    __base__=FileModel,
    vms=(tuple[VirtualMachine, ...], Field(description="Virtual machines; `vms: []` if there are none.")),
)
_LXCS = create_model(
    "Containers",
    __base__=FileModel,
    lxc_configs=(
        Mapping[str, Container],
        Field(description="LXC containers by their number in Proxmox (CTID); `lxc_configs: {}` if there are none."),
    ),
)
_FILES: Mapping[str, tuple[type[FileModel], str]] = {
    "site": (SiteFile, "site.yaml: domain, network, DNS, firewall, Portainer"),
    "vms": (_VMS, "vms.yaml: virtual machines"),
    "lxcs": (_LXCS, "lxcs.yaml: LXC containers"),
    "stack": (StackManifest, "phoenix.yaml of a stack: what a VM's environment adds to the compose file"),
}


def schema_texts() -> dict[str, str]:
    """Return the text of every schema by file name."""
    return {
        schema_name(content): json.dumps(_schema(model, title), indent=2) + "\n"
        for content, (model, title) in _FILES.items()
    }


def schema_name(content: str) -> str:
    """Return the name of the schema for a content: "site", "vms", "lxcs" or "stack"."""
    return f"{content}.schema.json"


def write_schemas(config: Path) -> list[Path]:
    """Write the schemas into a configuration folder; return those that were not current."""
    folder = config / SCHEMA_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schema_texts().items():
        file = folder / name
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
            written.append(file)
    return written


class _Generator(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave titles out: editors show the key anyway."""
        return False

    def model_schema(self, schema: Any) -> Properties:
        """Describe fields by the texts that stand below them."""
        described = super().model_schema(schema)
        texts = _texts_below_fields(schema["cls"])
        for name, field in schema["cls"].model_fields.items():
            shown = described["properties"].get(_key_of(name, field))
            if name in texts and shown is not None and field.description is None:
                shown["description"] = texts[name]
        return described


def _key_of(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return str(alias.choices[0] if isinstance(alias, AliasChoices) else alias or name)


@cache
def _texts_below_fields(model: type) -> dict[str, str]:
    """Return the texts by field. They are read here, since reading source would cost every run a tenth of a second."""
    inherited = model.__mro__[1]
    found = dict(_texts_below_fields(inherited)) if issubclass(inherited, FileModel) else {}
    return found | dict(_own_texts(model))


def _own_texts(model: type) -> Iterator[tuple[str, str]]:
    # Models made by a call have no source, and their fields say what they are.
    if model.__module__ == __name__:
        return
    body = ast.parse(inspect.getsource(model)).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - for the type checker
    for field, text in pairwise(body.body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                yield name, inspect.cleandoc(said)


def _schema(model: type[FileModel], title: str) -> dict[str, Any]:
    schema = model.model_json_schema(schema_generator=_Generator)
    definitions = schema.pop("$defs", {})
    for part in (schema, *definitions.values()):
        _tighten(part)
        _say_once(part.get("properties", {}), definitions)
    for strict in StrictModel.__subclasses__():
        if strict.__name__ in definitions:
            _demand_values(definitions[strict.__name__]["properties"], strict)
    if "Container" in definitions:
        # The number is the key.
        definitions["Container"]["required"].remove("ctid")
        del definitions["Container"]["properties"]["ctid"]
        schema["properties"]["lxc_configs"]["propertyNames"] = {"pattern": "^[0-9]+$"}
    schema.pop("title", None)
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": title}
    return head | dict(sorted(schema.items())) | {"$defs": dict(sorted(definitions.items()))}


def _demand_values(properties: Properties, model: type[StrictModel]) -> None:
    """Let a key that is there say something, since that is what the loader wants in these parts."""
    for key, field in properties.items():
        kinds = [kind for kind in field.pop("anyOf", ()) if kind.get("type") != "null"]
        if key in model.may_be_blank:
            kinds.append({"type": "null"})
        field |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {}
        if isinstance(field.get("type"), list):
            field["type"] = [kind for kind in field["type"] if kind != "null"]
        if key in model.conditions:
            field["pattern"] = r"[^\s,]"


def _say_once(properties: Properties, definitions: Properties) -> None:
    """Leave out of a field what the description of its kind says already."""
    for field in properties.values():
        kind = definitions.get(str(field.get("$ref")).removeprefix("#/$defs/"), {})
        if "description" in field and field["description"] == kind.get("description"):
            del field["description"]


def _tighten(part: dict[str, Any]) -> None:
    if part.get("type") != "object" or "properties" not in part:
        return
    part.pop("title", None)
    part["properties"].pop("declared_at", None)
    for field in part["properties"].values():
        if not isinstance(field.get("default"), str | int):
            field.pop("default", None)
    part["additionalProperties"] = False
    part["patternProperties"] = {_FREE_KEYS: {}}
