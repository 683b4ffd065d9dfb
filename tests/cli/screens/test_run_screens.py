"""A run as it is seen: while it goes on, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from phoenix_providers.cli.run_progress.progress import Progress
from phoenix_providers.cli.screens.certificate_screen import Certificate, draw_certificate
from phoenix_providers.cli.screens.plain_progress import PlainProgress
from phoenix_providers.cli.screens.progress_screen import progress_screen
from phoenix_providers.cli.screens.run_end_screens import draw_failures, draw_interrupted
from tests.cli.screens.golden_screens import assert_screen, drawn
from tests.unit.cli.run_progress.made_events import (
    GATE,
    GUEST_ROUTES,
    RULES,
    STACK_ROUTES,
    VERDICT,
    done,
    environment_urn,
    event,
    said,
    stack_urn,
)

LOG = "~/.local/state/phoenix/site/prod/engine-20260101-120000-77.log"
HEIGHT = 24
_NAMES = ("grafana", "homepage", "miniflux", "paperless")


def site(environments: int) -> Progress:
    """Return a run that has looked at what there is: each environment has four stacks."""
    progress = Progress.beginning(1_000.0)
    known = [GATE, RULES, GUEST_ROUTES, STACK_ROUTES, VERDICT]
    for vmid in range(101, 101 + environments):
        inputs = {"environment": f"vm{vmid}"}
        progress = progress.after([event("ended", "refresh", environment_urn(vmid), inputs=inputs)], 1_001.0)
        known += [stack_urn(f"{name}@{vmid}") for name in _NAMES]
    return progress.after([one for urn in known for one in done("refresh", urn)], 1_002.0)


def infrastructure_done(progress: Progress) -> Progress:
    progress = progress.after([*done("same", GATE), event("began", "update", RULES)], 1_002.5)
    progress = progress.after([event("ended", "update", RULES)], 1_003.7)
    return progress.after(done("same", GUEST_ROUTES), 1_003.8)


def forty() -> Progress:
    """Return a run in the middle of forty environments."""
    progress = infrastructure_done(site(40))
    for number, vmid in enumerate(range(101, 141)):
        stacks = [stack_urn(f"{name}@{vmid}") for name in _NAMES]
        events: list[Mapping[str, Any]] = []
        if number < 30:
            events += done("same", environment_urn(vmid))
        if number < 9:
            events += [one for urn in stacks for one in done("same", urn)]
        elif number == 9:
            events += [*done("same", stacks[1]), *done("update", stacks[0], outputs={"failure": "not sent: no image"})]
        elif number < 30:
            events += [event("began", "update", stacks[number % 4]), *done("same", stacks[(number + 1) % 4])]
        progress = progress.after(events, 1_004.0 + number)
    return progress.after([], 1_078.4)


def test_running_with_forty_environments() -> None:
    def draw(console: Console) -> None:
        console.print(progress_screen(forty(), "phoenix sync all", HEIGHT))

    assert len(drawn(draw, 80).splitlines()) < HEIGHT
    assert_screen("progress-forty", draw)


def test_running_with_three_environments_and_told_to_stop() -> None:
    progress = infrastructure_done(site(3))
    urns = [stack_urn(f"grafana@{vmid}") for vmid in (101, 102)]
    progress = progress.after([*done("same", environment_urn(101)), *done("same", environment_urn(102))], 1_004.0)
    progress = progress.after([event("began", "create", urns[0]), event("began", "update", urns[1])], 1_004.0)
    progress = progress.after([event("ended", "create", urns[0])], 1_131.0)
    assert_screen(
        "progress-stopping",
        lambda console: console.print(progress_screen(progress, "phoenix sync all --yes", HEIGHT, 1)),
    )


def test_looking_at_what_there_is() -> None:
    assert_screen(
        "progress-looking",
        lambda console: console.print(progress_screen(site(3), "phoenix sync all", HEIGHT)),
    )


def test_a_plain_log_has_a_line_or_two_for_each_change() -> None:
    plain, lines = PlainProgress(), []

    def tell(progress: Progress) -> Progress:
        lines.extend(plain.lines(progress))
        # Nothing is said twice.
        assert list(plain.lines(progress)) == []
        return progress

    slow, wrong = stack_urn("grafana@101"), stack_urn("homepage@102")
    progress = tell(infrastructure_done(site(3)))
    progress = tell(progress.after([event("began", "update", slow), event("began", "create", wrong)], 1_004.0))
    progress = tell(progress.after([said("warning: not every route is answered", "warning")], 1_004.2))
    progress = tell(progress.after([event("ended", "create", wrong, outputs={"failure": "no image"})], 1_006.0))
    progress = tell(progress.after([], 1_009.5))
    progress = tell(progress.after([event("ended", "update", slow)], 1_034.0))
    refused = said("not as declared: 1 of 12 is not as declared", "error", VERDICT)
    tell(progress.after([event("began", "update", VERDICT), refused, event("failed", "update", VERDICT)], 1_035.0))
    assert_screen("progress-plain", lambda console: [console.print(line) for line in lines])


def changed() -> Progress:
    progress = infrastructure_done(site(3))
    for vmid, operation in ((101, "create"), (102, "update"), (103, "delete")):
        urn = stack_urn(f"grafana@{vmid}")
        progress = progress.after(done("same", environment_urn(vmid)), 1_004.0)
        progress = progress.after([event("began", operation, urn)], 1_004.0)
        progress = progress.after([event("ended", operation, urn)], 1_004.0 + vmid / 20)
    same = [stack_urn(f"{name}@{vmid}") for name in _NAMES[1:] for vmid in (101, 102, 103)]
    progress = progress.after([one for urn in same for one in done("same", urn)], 1_010.0)
    progress = progress.after([event("began", "update", STACK_ROUTES)], 1_010.0)
    progress = progress.after([event("ended", "update", STACK_ROUTES)], 1_010.6)
    return progress.after(done("update", VERDICT), 1_010.7).ended(1_011.2)


def test_the_certificate_of_a_whole_run() -> None:
    certificate = Certificate(
        "site home-lab", changed(), LOG, "15 of 15 are answered", "0 changes: all 20 were read again (1.9 s)"
    )
    assert_screen("certificate-all", lambda console: draw_certificate(certificate, console))


def test_the_certificate_of_one_stack() -> None:
    progress = Progress.beginning(1_000.0, (6, 7, 8), {113: "tools"})
    urn = stack_urn("grafana@113")
    progress = progress.after([*done("refresh", urn), event("began", "update", urn)], 1_002.0)
    progress = progress.after([event("ended", "update", urn)], 1_005.5)
    progress = progress.after([*done("same", STACK_ROUTES), *done("same", VERDICT)], 1_006.0).ended(1_006.4)
    certificate = Certificate(
        "grafana@113",
        progress,
        LOG,
        "1 of 1 are answered",
        "0 changes: all 3 were read again (1.7 s)",
        ("environment 113 tools answers", "Traefik answers, and serves the routes as published"),
        "61 others are as before, and none of them was worked on",
    )
    assert_screen("certificate-stack", lambda console: draw_certificate(certificate, console))


FAILURES = (
    "not as declared: 2 of 14 are not as declared; all others are done\n"
    "grafana@113: not sent: the image nosuch/grafana:1 cannot be pulled: HTTP 404 pull access denied for "
    "nosuch/grafana, repository does not exist or may require 'docker login'\n"
    "  next:     docker pull nosuch/grafana:1   (on its VM; it shows the same)\n"
    "miniflux@111: miniflux: miniflux-1 is running, but unhealthy\n"
    "  next:     docker logs miniflux-1",
    "boom",
)


def test_the_end_of_a_failing_run() -> None:
    assert_screen(
        "run-failed", lambda console: draw_failures(changed(), FAILURES, "/var/log/engine.log", console, fold=True)
    )


def test_a_log_has_failures_as_they_are() -> None:
    text = drawn(lambda console: draw_failures(changed(), FAILURES, LOG, console, fold=False), 80)
    assert "\n".join(FAILURES) in text


def test_the_end_of_a_run_that_was_stopped() -> None:
    progress = infrastructure_done(site(5))
    urns = [stack_urn(f"grafana@{vmid}") for vmid in (101, 102)]
    progress = progress.after([event("began", "create", urns[0]), event("began", "update", urns[1])], 1_004.0)
    progress = progress.after([event("ended", "create", urns[0])], 1_006.0).ended(1_007.0)
    assert_screen(
        "run-interrupted",
        lambda console: draw_interrupted(progress, "phoenix sync all --yes", "/var/log/engine.log", console),
    )


def test_the_end_of_a_run_that_was_stopped_before_it_did_anything() -> None:
    assert_screen(
        "run-interrupted-early",
        lambda console: draw_interrupted(
            Progress.beginning(1.0).ended(3.0), "phoenix sync all", "/var/log/engine.log", console
        ),
    )
