"""`configs` and `secrets` of which compose 2.29.2 makes a path that nobody named: measured with its loader."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import SecretReference
from phoenix_providers.planning.compose.compose_file import Compose, read_compose
from phoenix_providers.planning.compose.specification.file_objects import paths_of_composes_choice
from phoenix_providers.planning.compose.specification.reading import check_specification
from phoenix_providers.planning.compose.unsupported import refuse
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.site_plan import SitePlan

SERVICE = "services: {s: {image: a, SECTION: [c]}}\nSECTION: "
VARIABLES = {"SET": "val", "EMPTY": "", "HIDDEN": SecretReference(secret="HIDDEN")}


def read(text: str, **variables: str) -> tuple[Compose, list[str]]:
    findings = Findings("s")

    def locate(*path: object) -> Location:
        return Location(Path("compose.yml"), None, ".".join(map(str, path)))

    compose = read_compose(text, {**VARIABLES, **variables}, locate, findings)
    assert compose is not None
    refuse(compose, locate, findings)
    check_specification(compose, locate, findings)
    return compose, [str(problem.message) for problem in findings.errors]


def defined(section: str, definition: str, **variables: str) -> tuple[Compose, list[str]]:
    return read(SERVICE.replace("SECTION", section) + definition, **variables)


# Each of them is mounted from the path "", that is from the folder in which compose or the server runs, or fails.
@pytest.mark.parametrize(
    "definition",
    [
        '{c: {content: ""}}',
        "{c: {content: !!str }}",
        '{c: {content: "${EMPTY}"}}',
        '{c: {content: "${NOPE}"}}',
        '{c: {content: "${EMPTY:-}"}}',
        '{c: {<<: {content: abc}, content: ""}}',
        '{c: {environment: ""}}',
        '{c: {environment: "${EMPTY}"}}',
        '{c: {file: ""}}',
        '{c: {file: "${EMPTY}"}}',
        "{c: {file: .}}",
        "{c: {file: ./stack.env}}",
        "{c: {file: ~/x}}",
        "{c: {external: false}}",
    ],
)
def test_what_compose_takes_for_a_path_is_an_error(definition: str) -> None:
    compose, errors = defined("configs", definition)
    assert len(errors) == 1, errors
    assert "configs." in errors[0]
    assert paths_of_composes_choice(compose)


@pytest.mark.parametrize("unused", ['{content: ""}', "{file: ./d}", "{environment: NOPE}"])
def test_what_nobody_uses_is_mounted_nowhere(unused: str) -> None:
    compose, errors = defined("configs", f"{{d: {unused}, c: {{content: used}}}}")
    assert errors == []
    assert paths_of_composes_choice(compose) == ()


@pytest.mark.parametrize("section", ["configs", "secrets"])
@pytest.mark.parametrize(
    "definition",
    [
        "{c: {content: null}}",
        "{c: {file: null}}",
        "{c: {environment: null}}",
        "{c: {}}",
        "{c: null}",
        "{c: }",
        "{c: {name: foo}}",
        "{c: {x-own: 1}}",
        '{c: {external: "${EMPTY}"}}',
        "{c: {external: null}}",
        "{c: {external: true}}",
        '{c: {content: abc, file: ""}}',
        '{c: {content: "", environment: SET}}',
        "{c: {environment: NOPE}}",
        "{c: !reset {file: /abc}}",
        '{"": {environment: SET}, c: {environment: SET}}',
        "{~: {environment: SET}, c: {environment: SET}}",
        "[c]",
    ],
)
def test_what_compose_refuses_is_an_error_as_well(section: str, definition: str) -> None:
    assert defined(section, definition)[1]


@pytest.mark.parametrize(
    "definition", ['{c: {file: ""}}', "{c: {file: .}}", '{c: {environment: ""}}', "{c: {external: false}}"]
)
def test_secrets_are_no_better(definition: str) -> None:
    assert defined("secrets", definition)[1]


@pytest.mark.parametrize("section", ["configs", "secrets"])
@pytest.mark.parametrize(
    "entry",
    ['""', "null", '{source: ""}', "{source: null}", "{target: /x}", "{}", "nope", '"${EMPTY}"', '"c:/x"'],
)
def test_a_reference_to_nothing_is_an_error(section: str, entry: str) -> None:
    text = f"services: {{s: {{image: a, {section}: [{entry}]}}}}\n{section}: {{c: {{environment: SET}}}}"
    assert read(text)[1]


@pytest.mark.parametrize("section", ["configs", "secrets"])
@pytest.mark.parametrize("references", ["null", "{c: }", "c", "[{source: c, target: null}]"])
def test_references_of_another_kind_are_an_error(section: str, references: str) -> None:
    """A target without a value makes compose itself fall over."""
    text = f"services: {{s: {{image: a, {section}: {references}}}}}\n{section}: {{c: {{environment: SET}}}}"
    assert read(text)[1]


@pytest.mark.parametrize(
    ("section", "definition"),
    [
        ("configs", "{c: {content: abc}}"),
        ("configs", '{c: {content: " "}}'),
        ("configs", '{c: {content: "\\n"}}'),
        ("configs", '{c: {content: "$$"}}'),
        ("configs", '{c: {content: "${SET}"}}'),
        ("configs", '{c: {content: "${EMPTY:-x}"}}'),
        ("configs", "{c: {environment: SET}}"),
        ("configs", "{c: {file: /etc/hostname}}"),
        ("secrets", "{c: {environment: SET}}"),
        ("secrets", "{c: {environment: EMPTY}}"),
        ("secrets", "{c: {environment: HIDDEN}}"),
        ("secrets", "{c: {file: /srv/key}}"),
    ],
)
def test_what_was_meant_stays(section: str, definition: str) -> None:
    compose, errors = defined(section, definition)
    assert errors == []
    assert paths_of_composes_choice(compose) == ()


def test_a_secret_is_not_taken_for_nothing_until_its_value_is_known() -> None:
    definition = '{c: {content: "${HIDDEN}"}}'
    assert defined("configs", definition)[1] == []
    assert defined("configs", definition, HIDDEN="x")[1] == []
    assert defined("configs", definition, HIDDEN="")[1] == [
        "`configs.c` is empty: compose would mount a folder of the Portainer server in its place"
    ]


@pytest.mark.parametrize(
    "entry",
    [
        '"${EMPTY}:/d"',
        '""',
        '{type: bind, source: "", target: /d}',
        '{type: bind, source: "${EMPTY}", target: /d}',
        "{type: bind, target: /d}",
    ],
)
def test_a_volume_without_a_source_is_an_error(entry: str) -> None:
    assert read(f"services: {{s: {{image: a, volumes: [{entry}]}}}}")[1]


@pytest.mark.parametrize("entry", ['"${HIDDEN}:/d"', '{type: bind, source: "${HIDDEN}", target: /d}', "/srv:/d", "/d"])
def test_a_volume_whose_source_may_be_there_is_none(entry: str) -> None:
    assert read(f"services: {{s: {{image: a, volumes: [{entry}]}}}}")[1] == []


VALUES = st.sampled_from(["abc", "", "${EMPTY}", "${NOPE}", "${SET}", "${EMPTY:-}", "${EMPTY:-x}", "/etc/x", ".", " "])
DEFINITIONS = st.dictionaries(st.sampled_from(["content", "file", "environment", "name"]), VALUES, max_size=3)


@given(DEFINITIONS)
def test_whatever_is_let_through_is_no_path_of_composes_choice(definition: dict[str, str]) -> None:
    compose, errors = defined("configs", json.dumps({"c": definition}))
    assert errors or paths_of_composes_choice(compose) == ()


def test_an_empty_file_of_the_manifest_arrives_as_a_line_end(make_plan) -> None:
    manifest = {"files": [{"source": "a", "destination_in_container": "/etc/a"}]}
    compose = "services: {web: {image: i, ports: ['8080:80']}}\n"
    plan: SitePlan = make_plan({"web": (compose, manifest)}, files={"web/a": b""})
    (stack,) = plan.stacks
    assert stack.blocking == ()
    assert 'content: "\\n"' in (stack.compose or "")
    (problem,) = plan.problems
    assert "the file a is empty" in problem.message
    assert str(problem.location).endswith("phoenix.json:1")


def test_a_file_does_not_take_the_name_of_the_compose_files_own_config(make_plan) -> None:
    manifest = {"files": [{"source": "a", "destination_in_container": "/etc/a"}]}
    own = "services: {web: {image: i, configs: [phoenix-etc-a]}}\nconfigs: {phoenix-etc-a: {content: mine}}\n"
    (stack,) = make_plan({"web": (own, manifest)}, files={"web/a": b"theirs"}).stacks
    assert "mine" in (stack.compose or "")
    assert "phoenix-etc-a-2" in (stack.compose or "")
