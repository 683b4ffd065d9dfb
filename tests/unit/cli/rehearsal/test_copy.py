"""The copy of a site that a lab rehearses: on loopback, with made-up values, and the site itself untouched."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from phoenix_providers.cli.rehearsal.copy import copy, interfaces
from phoenix_providers.cli.rehearsal.foreign_routing import foreign_routing
from phoenix_providers.cli.rehearsal.imitation import imitate
from phoenix_providers.cli.rehearsal.made_up_values import masked, without_passwords
from phoenix_providers.cli.rehearsal.rehearsed_site import rehearsed_site
from phoenix_providers.errors import UsageError
from phoenix_providers.lab.loopback import Loopback
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.firewall.names.elsewhere import names_elsewhere
from phoenix_providers.planning.site.derive import plan_site

SAMPLES = Path(__file__).parents[3] / "samples"


def content(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("sample", ["harbor", "farm"])
def test_a_copy_is_on_loopback_without_passwords_and_the_site_stays(sample: str, tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / sample, tmp_path / "site")
    before = content(tmp_path / "site")
    original = load_configuration(tmp_path / "site" / "etc", Settings())
    loopback = Loopback("127.50.", interfaces(original))
    folder = copy(original, tmp_path / "copy", loopback)
    copied = load_configuration(folder, Settings())
    lab = imitate(copied, spare=loopback.spare)
    assert content(tmp_path / "site") == before
    assert [guest.name for guest in copied.guests] == [guest.name for guest in original.guests]
    assert copied.stacks.keys() == original.stacks.keys()
    assert all(guest.address.startswith("127.50.") for guest in lab.guests)
    password = copied.site.portainer_api.admin_password
    assert password is None or password.get_secret_value() == "made-up"
    names = {stack.resource_name for stack in plan_site(copied).stacks}
    assert names == {stack.resource_name for stack in plan_site(original).stacks}


def test_a_second_copy_keeps_the_first_beside_it(tmp_path: Path) -> None:
    original = load_configuration(SAMPLES / "farm" / "etc", Settings())
    for _ in range(2):
        copy(original, tmp_path / "config", Loopback("127.50.", interfaces(original)))
    assert content(tmp_path / "config") == content(tmp_path / "config.before")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("      POSTGRES_PASSWORD: hunter2\n", "      POSTGRES_PASSWORD: made-up\n"),
        ("      - DB_PASSWORD=hunter2\n", "      - DB_PASSWORD=made-up\n"),
        ('      - "API_KEY=hunter2"\n', '      - "API_KEY=made-up"\n'),
        ('  "token": "hunter2",\n', '  "token": "made-up",\n'),
        ("ADMIN_PASSWORD='hunter2'\n", "ADMIN_PASSWORD='made-up'\n"),
        ("    environment: {DB_PASSWORD: hunter2, A: b}\n", "    environment: {DB_PASSWORD: made-up, A: b}\n"),
        ("    environment: [A=b, 'API_KEY=hunter2']\n", "    environment: [A=b, 'API_KEY=made-up']\n"),
        # Whatever the name, and in a text that is no YAML.
        ("  DATABASE_URL: postgres://me:hunter2@db/x\n", "  DATABASE_URL: postgres://me:made-up@db/x\n"),
        ("\t- DATABASE_URL=mysql://me:hunter2@db/x\n", "\t- DATABASE_URL=mysql://me:made-up@db/x\n"),
        ("  - DSN=me:hunter2@tcp(db:3306)/x\n", "  - DSN=me:made-up@tcp(db:3306)/x\n"),
        ("    command: run --password=hunter2 -v\n", "    command: run --password=made-up -v\n"),
        ("# nas: https://me:hunter2@nas.example\n", "# nas: https://me:made-up@nas.example\n"),
        ("  - x.basicauth.users=me:$$2y$$05$$hunter2hunter2\n", "  - x.basicauth.users=me:made-up\n"),
        ("  - x.basicauth.users=me:$$apr1$$hun$$ter2hunter2\n", "  - x.basicauth.users=me:made-up\n"),
        ('  A: \'{"user": "me", "password": "hunter2"}\'\n', '  A: \'{"user": "me", "password": "made-up"}\'\n'),
        ("  A: ghp_0123456789abcdefghijklmnopqrstuvwxyz\n", "  A: made-up\n"),
        ("  URL: postgres://me:${DB_PASSWORD}@db/x\n", "  URL: postgres://me:${DB_PASSWORD}@db/x\n"),
        ("  image: registry.example:5000/me/app@sha256:abc\n", "  image: registry.example:5000/me/app@sha256:abc\n"),
        # References and names of files are no values.
        ("      DB_PASSWORD: ${DB_PASSWORD}\n", "      DB_PASSWORD: ${DB_PASSWORD}\n"),
        ('      DB_PASSWORD: "${DB_PASSWORD:?}"\n', '      DB_PASSWORD: "${DB_PASSWORD:?}"\n'),
        ("      DB_PASSWORD_FILE: /run/secrets/db\n", "      DB_PASSWORD_FILE: /run/secrets/db\n"),
        ("    secrets: [db]\n", "    secrets: [db]\n"),
        ("secrets:\n  db:\n    file: ./db\n", "secrets:\n  db:\n    file: ./db\n"),
    ],
)
def test_values_named_like_passwords_are_made_up(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_a_manifest_keeps_its_references() -> None:
    text = "environments:\n  production:\n    variables:\n      - {name: DB_PASSWORD, value: hunter2}\n"
    text += "      - {name: TOKEN, value: {secret: TOKEN}}   # kept\n"
    text += '      - {name: KEY, value: {"secret": "API_TOKEN"}}\n'
    text += "      - {name: LINK, value: 'amqp://me:hunter2@mq'}   # of amqp://me:hunter2@mq\n"
    written = without_passwords(text, is_json=False)
    assert "hunter2" not in written
    assert "# kept" in written
    assert YAML(typ="safe").load(written) == YAML(typ="safe").load(text.replace("hunter2", "made-up"))


def test_settings_of_products_are_left_out_and_nothing_is_decrypted(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "farm", tmp_path / "farm")
    (tmp_path / "Pulumi.yaml").write_text("name: x\nruntime: python\nconfig:\n  phoenix:configDir: farm/etc\n")
    (tmp_path / "Pulumi.prod.yaml").write_text(
        "config:\n  phoenix:portainerUrl: https://10.0.0.1:9443\n  phoenix:entryPoints: web,websecure\n"
        "  phoenix:addressOverrides: {printer: 10.0.0.30}\n  phoenix:portainerPassword: {secure: v1:x}\n"
    )
    site = rehearsed_site(tmp_path / "farm" / "stacks", None)
    assert site.kept == {"entryPoints": "web,websecure", "addressOverrides": '{"printer": "10.0.0.30"}'}
    (tmp_path / "Pulumi.test.yaml").write_text("")
    with pytest.raises(UsageError, match="several Pulumi stacks"):
        rehearsed_site(tmp_path, None)
    with pytest.raises(UsageError, match="no settings of a Pulumi stack other"):
        rehearsed_site(tmp_path, "other")


def test_rules_are_named_whose_aliases_and_sets_only_the_own_proxmox_has(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(Path(__file__).parents[4] / "config", folder)
    site = folder / "site.yaml"
    rules = "  global_firewall_rules:\n"
    for source in ("trusted", "+guests", "known", "127.50.0.0/24"):
        rules += f"    - {{type: in, action: ACCEPT, source: {source!r}}}\n"
    text = site.read_text().replace("  global_firewall_rules:\n", rules)
    site.write_text(text.replace("\nfirewall:\n", "\nfirewall:\n  aliases: {known: {cidr: 127.50.0.9}}\n"))
    plan = plan_site(load_configuration(folder, Settings()))
    found = [rule.seen for rule in names_elsewhere(plan.firewall)]
    assert [("trusted" in rule, "+guests" in rule) for rule in found] == [(True, False), (False, True)]


def test_what_others_define_in_traefik_has_stand_ins(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(Path(__file__).parents[4] / "config", folder)
    manifest = folder / "stacks" / "grafana" / "phoenix.yaml"
    text = manifest.read_text()
    for old, new in (
        ("grafana.entrypoints=web", "grafana.entrypoints=websecure"),
        ("middlewares=grafana-headers", "middlewares=sso@file,grafana-headers"),
        ("traefik.enable=true", "traefik.http.routers.grafana.tls.certresolver=le"),
    ):
        assert old in text
        text = text.replace(old, new)
    manifest.write_text(text)
    foreign = foreign_routing(plan_site(load_configuration(folder, Settings())), ["web"])
    assert foreign.entry_points == ("web", "websecure")
    assert foreign.cert_resolvers == ("le",)
    assert set(foreign.stand_ins) >= {"middleware sso"}
