"""Whatever stands in the files: they load, or the errors are clean."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_providers.errors import ConfigurationError, Explanation
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.guest import Container, VirtualMachine
from phoenix_providers.models.settings import Settings
from phoenix_providers.models.site import SiteFile
from phoenix_providers.models.stack import StackManifest

_WORDS = ["", "dhcp", "10.0.0.1/24", "in", "web"]
_SCALARS = st.none() | st.booleans() | st.integers(-1, 70000) | st.sampled_from(_WORDS)
_KEYS = st.sampled_from(
    sorted(
        {
            *SiteFile.model_fields,
            *VirtualMachine.model_fields,
            *Container.model_fields,
            *StackManifest.model_fields,
            *("docker_stack", "vms", "lxc_configs", "shared_volumes", "production", "variables", "files", "rules"),
        }
    )
)
_ANYTHING = st.recursive(
    _SCALARS, lambda part: st.lists(part, max_size=3) | st.dictionaries(_KEYS, part, max_size=4), max_leaves=20
)
_FILES = st.fixed_dictionaries(
    {
        "phoenix_hypervisor_config.json": _ANYTHING | st.fixed_dictionaries({"domain_name": st.just("a.lan")}),
        "phoenix_vm_configs.json": _ANYTHING | st.fixed_dictionaries({"vms": st.lists(_ANYTHING, max_size=3)}),
        "phoenix_lxc_configs.json": _ANYTHING
        | st.just({"lxc_configs": {"101": {"name": "x"}}})
        | st.fixed_dictionaries({"lxc_configs": st.dictionaries(_KEYS, _ANYTHING, max_size=3)}),
        "stacks/web/phoenix.json": _ANYTHING,
        "stacks/web/compose.yaml": _ANYTHING,
    }
)


@given(_FILES)
@settings(max_examples=150, deadline=None)
def test_it_loads_or_says_why_not(files: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "stacks" / "web").mkdir(parents=True)
        for file, data in files.items():
            (folder / file).write_text(json.dumps(data, indent=1))
        configuration, reasons = _attempt(folder)
    if configuration is None:
        assert reasons
        assert all(reason.what and reason.where for reason in reasons)
    else:
        assert configuration.guests
        assert configuration.site.domain_name


def _attempt(folder: Path) -> tuple[Configuration | None, tuple[Explanation, ...]]:
    try:
        return load_configuration(folder, Settings()), ()
    except ConfigurationError as error:
        return None, error.reasons
