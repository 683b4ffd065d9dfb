"""What the program and the provider process load before their work: each run pays for it twice.

Modules are counted, not seconds, which differ from machine to machine.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOADED = """
import importlib, json, pkgutil, sys
import pulumi, pulumi.dynamic
before = set(sys.modules)
for package in sys.argv[1:]:
    found = importlib.import_module(package)
    for module in pkgutil.walk_packages(found.__path__, found.__name__ + "."):
        importlib.import_module(module.name)
print(json.dumps(sorted(set(sys.modules) - before)))
"""
ASKED = """
import json, sys
from phoenix_providers.cli.main import main
sys.argv = ["phoenix", "ready", "up"]
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)))
"""
CLASSES = """
from phoenix_providers.program import plugin_classes as ours
import pulumi_proxmoxve as package
assert ours.DnsLegacy is package.DnsLegacy
assert ours.HostsLegacy is package.HostsLegacy
assert ours.RulesLegacy is package.firewall.RulesLegacy
assert package.vm_legacy and package.outputs and package.config
"""
# Clients and what they speak with, and what only some runs need.
NOT_BEFORE_WORK = ("requests", "urllib3", "dns", "asyncssh", "cryptography", "rich", "click")
# What our packages load themselves when a run gets to it.
WORK = (
    "phoenix_providers.operations.stacks.deployment",
    "phoenix_providers.clients.transport",
    "phoenix_providers.lab",
)


def loaded(*packages: str) -> list[str]:
    command = [sys.executable, "-c", LOADED, *packages]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def unwanted(modules: list[str], names: tuple[str, ...]) -> list[str]:
    return [module for module in modules if any(module == name or module.startswith(f"{name}.") for name in names)]


def test_the_program_loads_no_client() -> None:
    modules = loaded("phoenix_providers.program")
    names = (*NOT_BEFORE_WORK, *WORK, "jsonschema", "pulumi_proxmoxve.vm_legacy")
    assert unwanted(modules, names) == []
    # 437 at the time of writing: 309 of planning, models and the program, 12 of the Proxmox classes, 43 of pydantic.
    assert len(modules) <= 450


def test_the_plugins_classes_are_those_of_its_package() -> None:
    done = subprocess.run([sys.executable, "-c", CLASSES], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_providers_load_what_they_work_with_when_they_work() -> None:
    modules = loaded("phoenix_providers.resources")
    names = (*NOT_BEFORE_WORK, *WORK, "jsonschema", "pulumi_proxmoxve", "phoenix_providers.program")
    assert unwanted(modules, names) == []
    # 295 at the time of writing.
    assert len(modules) <= 320


def test_who_looks_at_a_stack_loads_nothing_that_deploys_one() -> None:
    """Most runs only look."""
    look = "import json, sys, phoenix_providers.operations.stacks.refreshing; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    names = ("jsonschema", "phoenix_providers.operations.stacks.deployment", "phoenix_providers.operations.traefik")
    assert unwanted(json.loads(done.stdout), names) == []


def test_what_is_asked_before_the_engine_starts_loads_nothing_of_the_engine() -> None:
    """It stands in front of every run."""
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=ROOT, capture_output=True, text=True, check=True)
    modules: list[str] = json.loads(done.stdout.splitlines()[-1])
    assert "phoenix_providers.operations.readiness" in modules
    names = ("pulumi", "grpc", "psutil", "jsonschema", "phoenix_providers.program", "phoenix_providers.lab")
    # What only a run needs that reads files, or that is not ready.
    of_files = (
        "ruamel",
        "phoenix_providers.models.site",
        "phoenix_providers.models.guest",
        "phoenix_providers.planning.compose",
    )
    of_faults = (
        "phoenix_providers.operations.closed_products",
        "phoenix_providers.planning.firewall.lockout",
        "tarfile",
    )
    assert unwanted(modules, (*names, *of_files, *of_faults)) == []


def test_a_package_whose_modules_import_each_other_is_loaded_before_they_are() -> None:
    """Two threads that begin with different modules of it wait for each other, or find one half made.

    Whoever begins with the package holds its lock for all of them.
    """
    package = "ruamel.yaml"
    for file in sorted((ROOT / "phoenix_providers").rglob("*.py")):
        names = [
            name
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
            if name is not None and name.startswith(package)
        ]
        assert names[:1] in ([], [package]), file
