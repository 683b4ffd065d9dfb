"""States that this version may not go on with."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from phoenix_providers.errors import UnsafeError
from phoenix_providers.planning.site.state_format import FORMAT, refuse_doubles, refuse_newer

STACK = "urn:pulumi:home::site::"
ENVIRONMENT = "phoenix:site:Portainer$phoenix:site:Environment$"
INVENTORY, GRAFANA = "a:b:Inventory::inventory", "a:b:PortainerStack::grafana@113"
WORD = "a:b:LastWord::last-word-6"
IN_TREE = (
    f"{STACK}phoenix:site:Readiness${INVENTORY}",
    f"{STACK}{ENVIRONMENT}{GRAFANA}",
    f"{STACK}phoenix:site:Verdict${WORD}",
)


def test_a_state_of_this_version_or_of_a_former_one_is_taken() -> None:
    refuse_newer(FORMAT, "site/home")
    refuse_newer(0, "site/home")


def test_a_state_of_a_newer_version_is_refused() -> None:
    with pytest.raises(UnsafeError) as caught:
        refuse_newer(FORMAT + 1, "site/home")
    assert caught.value.explanation.next_step.startswith("git pull && make setup")


@pytest.mark.parametrize(
    "urns",
    [
        pytest.param([], id="nothing"),
        pytest.param(IN_TREE, id="all in the tree"),
        pytest.param([f"{STACK}{INVENTORY}", f"{STACK}{GRAFANA}"], id="flat"),
        pytest.param([f"{STACK}a:b:Option::firewall@113", f"{STACK}a:c:Other::firewall@113"], id="of two types"),
    ],
)
def test_what_is_there_once_is_taken(urns: Sequence[str]) -> None:
    refuse_doubles(urns, "site/home")


@pytest.mark.parametrize(
    ("added", "starts"),
    [
        pytest.param([INVENTORY, GRAFANA], [INVENTORY], id="on which all that was added depends"),
        pytest.param([INVENTORY, GRAFANA, WORD], [INVENTORY, WORD], id="and what depends on nothing"),
        pytest.param([GRAFANA], [GRAFANA], id="without it"),
    ],
)
def test_what_is_there_twice_is_told_with_the_command_for_what_lies_outside_of_the_tree(
    added: Sequence[str], starts: Sequence[str]
) -> None:
    with pytest.raises(UnsafeError) as caught:
        refuse_doubles([*IN_TREE, *(f"{STACK}{one}" for one in added)], "site/home")
    told = caught.value.explanation
    assert "grafana@113" in told.seen
    assert [line.split("'")[1] for line in told.next_step.splitlines() if "pulumi" in line] == [
        f"{STACK}{start}" for start in starts
    ]
