"""How long `phoenix render` takes for large sites: `make bench`.

The number is printed; only that it grows with the site, and not with its square, is asserted.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

PHOENIX = Path(sys.executable).parent / "phoenix"
# Twice the size may take this many times as long; a quadratic derivation would take four times.
MOST = 3.0


def write_site(folder: Path, size: int) -> None:
    """Write an existing installation with as many guests and stacks, half of the guests containers."""
    (folder / "etc").mkdir(parents=True)
    site = {"domain_name": "home.lan", "network": {"interfaces": {"address": "10.0.0.2/16"}}}
    lxcs = {
        str(1000 + number): {
            "name": "traefik" if number == 0 else f"lxc{number}",
            "network_config": {"ip": f"10.1.{number // 250}.{number % 250 + 1}/16"},
            "traefik_service": {"name": f"lxc{number}", "port": 80},
        }
        for number in range(size // 2)
    }
    vms = [
        {
            "vmid": 5000 + number,
            "name": f"vm{number}",
            "network_config": {"ip": f"10.2.{number // 250}.{number % 250 + 1}/16"},
            "portainer_role": "agent",
            "portainer_environment_name": f"vm{number}",
            "docker_stacks": [f"stack{2 * number}", f"stack{2 * number + 1}"],
        }
        for number in range(size // 2)
    ]
    for name, data in {"hypervisor": site, "vm": {"vms": vms}, "lxc": {"lxc_configs": lxcs}}.items():
        suffix = "config" if name == "hypervisor" else "configs"
        (folder / "etc" / f"phoenix_{name}_{suffix}.json").write_text(json.dumps(data))
    for number in range(size):
        stack = folder / "stacks" / f"stack{number}"
        stack.mkdir(parents=True)
        (stack / "docker-compose.yml").write_text(f"services: {{web: {{image: i, ports: ['{8000 + number}:80']}}}}\n")
        labels = [f"traefik.http.routers.stack{number}.rule=Host(`stack{number}.home.lan`)"]
        manifest = {"environments": {"production": {"services": {"web": {"traefik_labels": labels}}}}}
        (stack / "phoenix.json").write_text(json.dumps(manifest))


def seconds_for(folder: Path, size: int) -> float:
    write_site(folder, size)
    began = time.perf_counter()
    done = subprocess.run(
        [PHOENIX, "render", "--config", str(folder / "etc")], capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - began
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    assert len(plan["stacks"]) == size
    assert len(plan["traefik"]["stacks"]["http"]["routers"]) == size
    return seconds


def test_render_grows_with_the_site(tmp_path: Path, capsys) -> None:
    half, whole = seconds_for(tmp_path / "100", 100), seconds_for(tmp_path / "200", 200)
    with capsys.disabled():
        print(f"\nphoenix render: 100 guests and 100 stacks {half:.1f} s, 200 and 200 {whole:.1f} s")
    assert whole < MOST * half
