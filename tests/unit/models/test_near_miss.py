"""Which keys are slips, and which merely are not ours."""

from __future__ import annotations

import pytest

from phoenix_providers.models.base import FileModel
from phoenix_providers.models.guest import Container, NetworkConfig, VirtualMachine
from phoenix_providers.models.near_miss import meant_key, near_misses, suggestion
from phoenix_providers.models.site import Interfaces, Network, SiteFile

_VM_KEYS = frozenset(VirtualMachine.model_fields)
# Fields that the scripts of existing installations read for guests.
_OF_GUESTS = """
    apparmor_manages_nesting apparmor_profile application_script boot_delay boot_order clone_from_ctid clone_from_vmid
    cores count disk_size_gb enable_lifecycle_snapshots features gpu_assignment health_check lxc_options mac_address
    memory_mb network_bridge node_labels pct_options ports qm_options snapshots start_at_boot storage_pool
    storage_size_gb swap_mb swarm_role template template_image template_snapshot_name tests
    trigger_sync_on_completion unprivileged user_config vllm_model vllm_port volumes zfs_volumes
"""
_OF_SITES = """
    author behavior core_paths docker mount_point_base nfs nvidia_driver proxmox_defaults proxmox_storage_ids samba
    shared_volumes step_ca tests timezone users version vm_defaults zfs
"""
_OF_NETWORKS = "default_subnet external_registry_url fallback_dns nfs_server"
_OF_INTERFACES = "bridge dns_nameservers gateway gw name nameserver nameservers"


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("docker_stack", "docker_stacks"),
        ("dockerStacks", "docker_stacks"),
        ("docker-stacks", "docker_stacks"),
        ("dependancies", "dependencies"),
        ("portainer_enviroment_name", "portainer_environment_name"),
        ("traefik_sevice", "traefik_service"),
        ("vm_id", "vmid"),
        ("Name", "name"),
        ("name", None),
        ("cores", None),
        ("_docker_stack", None),
        ("$schema", None),
        ("x-docker-stacks-old", None),
    ],
)
def test_slips(key: str, meant: str | None) -> None:
    assert meant_key(key, _VM_KEYS) == meant


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (VirtualMachine, _OF_GUESTS),
        (Container, _OF_GUESTS),
        (SiteFile, _OF_SITES),
        (Network, _OF_NETWORKS),
        (Interfaces, _OF_INTERFACES),
        (NetworkConfig, _OF_INTERFACES),
    ],
)
def test_fields_of_existing_installations_are_none(model: type[FileModel], fields: str) -> None:
    assert list(near_misses(model, dict.fromkeys(fields.split(), 1))) == []


def test_suggestions() -> None:
    assert suggestion("grafna", ["grafana", "miniflux"]) == "did you mean `grafana`?"
    assert suggestion("zzz", ["b", "a"]) == "one of `a`, `b`"
    assert suggestion("zzz", []) == ""
