"""Whatever an installation holds: it renders, always the same, and converts without loss, or the errors are clean."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phoenix_providers.cli.new_site.conversion import convert
from phoenix_providers.errors import ConfigurationError
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.rendering import render

SITE, VMS, LXCS = "phoenix_hypervisor_config.json", "phoenix_vm_configs.json", "phoenix_lxc_configs.json"
STACKS = ("web", "Data.Base", "agent_service")
NAMES = st.sampled_from(["Traefik-Internal", "apps", "Media Box", "ca", "portainer", "granite"])
HOSTS = st.sampled_from(["www", "www.home.lan", "b.home.lan", "elsewhere.org", "ümlaut", "a b", "${HOST}"])
NETWORKS = st.integers(11, 14).map(lambda last: {"ip": f"10.0.0.{last}/24", "gw": "10.0.0.1"})
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8) | st.sampled_from(
    [
        "x",
        "yes",
        "0755",
        "1.10",
        "null",
        "~",
        "# no",
        "a: b",
        "{{ x }}",
        "- a",
        " b ",
        "'",
        '"',
        "line\nline",
        "\u2028\x85",
    ]
)
WHATEVER = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 70000) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda part: st.lists(part, max_size=2) | st.dictionaries(TEXTS, part, max_size=2),
    max_leaves=4,
)


def fields(required: Mapping[str, Any], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A part of a file: some fields are missing, and some are null."""
    return st.fixed_dictionaries(dict(required), optional={key: st.none() | value for key, value in optional.items()})


def unwidened(strategy: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Part of a firewall: null stands for nothing but what opens nothing, or else the whole site is refused."""
    may_be_null = ("comment", "log", "rules", "global_firewall_rules")
    return strategy.map(lambda part: {key: one for key, one in part.items() if one is not None or key in may_be_null})


RULES = st.lists(
    st.none()
    | unwidened(
        fields(
            {"type": st.sampled_from(["in", "out"]), "action": st.sampled_from(["ACCEPT", "DROP"])},
            source=st.sampled_from(["10.0.0.0/24", "10.0.0.5/24", "+trusted", ""]),
            proto=st.sampled_from(["tcp", "UDP"]),
            comment=TEXTS,
            enable=st.sampled_from([0, 1, "true"]),
            log=st.just("info"),
        )
    ),
    max_size=3,
)
FIREWALL = unwidened(fields({}, enabled=st.sampled_from([True, "false", 1]), rules=RULES, input_policy=st.just("DROP")))
SERVICE = fields({"name": st.sampled_from(["ca", "cockpit", "portainer-agent"]), "port": st.sampled_from([80, "443"])})
GUEST = {
    "network_config": NETWORKS | st.just({"ip": "dhcp"}),
    "traefik_service": SERVICE | st.just({}),
    "firewall": FIREWALL,
    "dependencies": st.lists(st.sampled_from([101, "102", 201, 999]), max_size=2),
    "dns_records": st.lists(fields({"hostname": HOSTS}, ip=st.just("10.0.0.99")), max_size=2),
    "cores": st.integers(1, 8),
    "$comment": TEXTS,
}
LXC = fields({"name": NAMES}, memory_mb=st.just(2048), **GUEST)
VM = fields(
    {"vmid": st.sampled_from([201, "202", 203]), "name": NAMES},
    is_template=st.sampled_from([False, "false", True]),
    portainer_role=st.sampled_from(["primary", "agent", "none", "infrastructure"]),
    portainer_environment_name=TEXTS,
    portainer_agent_hostname=st.sampled_from(["agent.home.lan", "x"]),
    docker_stacks=st.lists(
        st.sampled_from([*STACKS, "missing"])
        | fields({"name": st.sampled_from(STACKS)}, environment=st.sampled_from(["production", "staging"])),
        max_size=3,
    ),
    **GUEST,
)
LABELS = st.sampled_from(
    [
        "traefik.enable=true",
        "traefik.http.routers.w.rule=Host(`www.home.lan`)",
        "traefik.http.routers.w.rule=Host(`${HOST}.home.lan`) && PathPrefix(`/a`)",
        "traefik.http.routers.w.rule=Host(`x",
        "traefik.http.routers.w.middlewares=m@file",
        "traefik.http.services.w.loadbalancer.server.port=80",
        "traefik.http.middlewares.a.basicauth.users=me:${DB_PASSWORD}",
        "com.example=1",
    ]
)
FILE = fields(
    {
        "source": st.sampled_from(["app.conf", "shared/app.conf", "../../shared/app.conf", "phoenix.json", "gone"]),
        "destination_in_container": st.sampled_from(["/etc/app.conf", "/etc/b", "relative"]),
    }
)
ENVIRONMENT = fields(
    {},
    variables=st.lists(
        fields(
            {"name": st.sampled_from(["HOST", "PORT", "DB_PASSWORD", "API_TOKEN", "KEY_FILE"])},
            value=TEXTS | st.integers(0, 70000) | st.booleans() | st.just(1.10),
        ),
        max_size=3,
    ),
    services=st.dictionaries(st.sampled_from(["app", "db"]), fields({}, traefik_labels=st.lists(LABELS, max_size=4))),
    files=st.lists(FILE, max_size=2),
    firewall_rules=RULES,
)
MANIFEST = fields(
    {}, description=TEXTS, environments=st.dictionaries(st.sampled_from(["production", "staging"]), ENVIRONMENT)
)
COMPOSE = st.sampled_from(
    [
        "services:\n  app:\n    image: i # pinned\n    ports: ['8080:80']\n  db: {image: j, environment: [P]}\n",
        "services: {app: {image: i}, db: {image: j, environment: {P: '${DB_PASSWORD}'}}}\n",
        "services: {app: {image: i, ports: ['${PORT}:80'], labels: {traefik.enable: 'true'}}}\n",
        "services: {app: {image: 'portainer/agent:2', ports: ['9001:9001']}}\n",
        "services: {app: {image: i, build: .}}\n",
        "services: [\n",
        "",
    ]
)
SITES = fields(
    {"domain_name": st.just("home.lan")},
    network=fields({}, interfaces=fields({"address": st.just("10.0.0.2/24")}), portainer_server_port=st.just("9443")),
    dns_server=fields({}, enabled=st.booleans(), upstream_servers=st.lists(st.just("9.9.9.9"), max_size=4)),
    resolver=fields({}, servers=st.lists(st.just("9.9.9.9"), max_size=4)),
    shared_volumes=fields({}, firewall=unwidened(fields({}, enabled=st.booleans(), global_firewall_rules=RULES))),
    portainer_api=fields({}, admin_password=st.just("clear-canary"), admin_user=TEXTS),
    zfs=WHATEVER,
)
PARTS = {
    SITE: SITES,
    LXCS: fields({"lxc_configs": st.dictionaries(st.sampled_from(["101", "102", "103"]), LXC, min_size=1)}),
    VMS: fields({"vms": st.lists(VM, max_size=3, unique_by=lambda vm: int(vm["vmid"]))}, vm_defaults=WHATEVER),
}
STACK_FILES = {f"stacks/{name}/docker-compose.yml": COMPOSE for name in STACKS} | {
    f"stacks/{name}/phoenix.json": MANIFEST for name in STACKS
}
INSTALLATIONS = st.fixed_dictionaries(PARTS | STACK_FILES)
SPOILED = st.tuples(INSTALLATIONS, st.lists(st.tuples(st.integers(0, 999), WHATEVER), max_size=4))
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def write(folder: Path, files: Mapping[str, Any]) -> Path:
    for name in ("shared/app.conf", "stacks/web/app.conf"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{name}: $5\n")
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def rendered(folder: Path, chosen: Settings | None = None) -> dict[str, Any] | None:
    """What the files declare, without their problems; None if the site as a whole is refused, for good reasons."""
    try:
        plan = render(plan_site(load_configuration(folder, chosen or Settings())))
    except ConfigurationError as error:
        reasons = error.reasons
        plan = None
    if plan is None:
        assert reasons
        assert all(reason.what and reason.where for reason in reasons)
        return None
    assert json.dumps(plan, ensure_ascii=False).encode()
    for problem in plan["problems"]:
        assert problem["message"]
        assert "clear-canary" not in str(problem)
    return {key: value for key, value in plan.items() if key != "problems"}


def spoil(data: Any, number: int, junk: Any) -> Any:
    """Replace the part of this number, counted through all levels, by junk."""
    places: list[tuple[Any, Any]] = []

    def collect(part: Any) -> None:
        keys = list(part) if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
        for key in keys:
            places.append((part, key))
            collect(part[key])

    collect(data)
    part, key = places[number % len(places)]
    part[key] = junk
    return data


def turned(value: Any) -> Any:
    """The same with the keys of all mappings the other way round; lists and guests keep their order."""
    if isinstance(value, dict):
        return {key: turned(item) for key, item in reversed(value.items())}
    return [turned(item) for item in value] if isinstance(value, list) else value


@given(SPOILED)
@FEW
def test_it_renders_or_says_why_not(case: tuple[dict[str, Any], list[tuple[int, Any]]]) -> None:
    files, spoils = case
    whole = json.loads(json.dumps(files))
    for number, junk in spoils:
        spoil(whole, number, junk)
    with tempfile.TemporaryDirectory() as name:
        rendered(write(Path(name), whole))


@given(INSTALLATIONS, st.randoms(use_true_random=False))
@FEW
def test_order_on_disk_and_of_keys_changes_nothing(files: dict[str, Any], order: random.Random) -> None:
    shuffled = list(files.items())
    order.shuffle(shuffled)
    other = {name: turned(content) for name, content in shuffled}
    other[LXCS] = {"lxc_configs": {key: turned(lxc) for key, lxc in files[LXCS]["lxc_configs"].items()}}
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first = rendered(write(Path(one), files))
        assert first == rendered(Path(one))
        assert first == rendered(write(Path(two), other))


@given(INSTALLATIONS)
@FEW
def test_converting_loses_nothing(files: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        source = write(Path(name) / "old", files)
        try:
            conversion = convert(source, Path(name) / "new")
        except ConfigurationError:
            # Refused as a whole, or unclear in a stack that is blocked for it.
            assert not (Path(name) / "new").exists()
            before = rendered(source)
            assert before is None or any(stack["blocked"] for stack in before["stacks"])
            return
        secrets = frozenset(secret.name for secret in conversion.secrets)
        chosen = Settings.from_raw(conversion.settings).model_copy(update={"secrets": secrets})
        before = rendered(source, chosen)
        assert before is not None
        assert rendered(Path(name) / "new" / "config", chosen) == before
        for file in (Path(name) / "new").rglob("*"):
            assert not file.is_file() or "clear-canary" not in file.read_text()
