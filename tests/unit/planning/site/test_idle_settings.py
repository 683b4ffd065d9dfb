from __future__ import annotations

from phoenix_providers.planning.site.idle_settings import idle_deletions
from phoenix_providers.planning.site.unknown_stacks import Recorded

STATE = Recorded(frozenset({"grafana@113", "rules@106"}), {"old.home.example": "10.0.0.1"})


def test_names_that_are_gone_are_told_the_last_one_first() -> None:
    allowed = ("gone@1", "grafana@113", "old.home.example", "firewall@106", "gone.home.example")
    assert [problem.next_step for problem in idle_deletions(allowed, STATE)] == [
        "pulumi config rm --path 'phoenix:allowDelete[4]'",
        "pulumi config rm --path 'phoenix:allowDelete[0]'",
    ]


def test_a_state_that_does_not_tell_all_names_proves_none_gone() -> None:
    assert not idle_deletions(("gone@1",), Recorded(hosts=None))
