"""One size of site, measured beside its floor in one session: each run of ours has one of the floor right before it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from tools.bench import goals
from tools.bench.figures import Figure
from tools.bench.floor import Floor
from tools.bench.floor_graph import floor_graph
from tools.bench.made_up_site import STACKS_PER_VM
from tools.bench.process_tree import Cost
from tools.bench.site_in_lab import SiteInLab
from tools.bench.state_writes import StateWrites

_PLUGIN_TYPES = "proxmoxve:"
_PLUGIN_AGENT = "phoenix-lab-proxmoxve"
_MEGABYTE = 1e6
_KILOBYTE = 1e3
_KINDS = {"portainer": goals.PORTAINER, "proxmox": goals.PROXMOX, "plugin": goals.PLUGIN, "traefik": goals.TRAEFIK}


class Session:
    """Measures one site.

    Args:
        site: It runs, and nothing is deployed yet.
        folder: The floor is made here.
        stacks: How many the site has.
        repeats: How often each pair of runs is taken.
        seconds: How long one run may take.

    Attributes:
        state_bytes: How long the exported state is, ours and the floor's.
        figures: What was measured.
        raw: Every single run.
    """

    def __init__(self, site: SiteInLab, folder: Path, stacks: int, repeats: int, seconds: float) -> None:
        self._site, self._folder, self._stacks = site, folder, stacks
        self._repeats, self._seconds = repeats, seconds
        self.state_bytes = (0, 0)
        self._plugins = 0
        self.figures: list[Figure] = []
        self.raw: list[Mapping[str, Any]] = []

    def measure(self) -> None:
        """Take everything, in the order in which the site changes."""
        first = self._kept("first", "site", self._site.up())
        exported = self._site.export()
        self._plugins = sum(str(item["type"]).startswith(_PLUGIN_TYPES) for item in _resources(exported))
        nodes = floor_graph(_resources(exported))
        self._floor = Floor(self._folder / "floor", nodes, self._seconds)
        floor_first = self._kept("first", "floor", self._floor.up())
        self._add_pair(goals.FIRST, [floor_first], [first])
        self._steady()
        self._unchanged()
        self._add_state(self._site.export(), self._floor.export())
        self._changed()
        self._one_target()
        self._plan()

    def _steady(self) -> None:
        """The run behind a first deploy may still have something to write; it counts for nothing."""
        self._kept("second", "floor", self._floor.up())
        self._kept("second", "site", self._site.up())

    def _unchanged(self) -> None:
        floors, ours = [], []
        for _ in range(self._repeats):
            with StateWrites(self._floor.state_file) as floor_writes:
                floors.append(self._kept("unchanged", "floor", self._floor.up("--expect-no-changes")))
            with StateWrites(self._site.state_file) as writes, self._site.requests() as requests:
                ours.append(self._kept("unchanged", "site", self._site.up("--expect-no-changes")))
        self._add_pair(goals.UNCHANGED, floors, ours)
        self._add(goals.WRITES, writes.count, floor=floor_writes.count)
        counted = counted_requests(requests)
        for kind, row in _KINDS.items():
            self._add(row, counted[kind])
        memory = max(cost.memory for cost in ours) / _MEGABYTE
        plugin = max(cost.plugin_memory for cost in ours) / _MEGABYTE
        floor_memory = max(cost.memory for cost in floors) / _MEGABYTE
        self._add(goals.MEMORY, memory, "MB", floor=floor_memory, remark=f"and the plugin {plugin:.0f} MB")

    def _changed(self) -> None:
        def edit(number: int) -> None:
            self._floor.change(self._stack_resource, f"edition{number}")
            self._site.change(0, f"edition {number}")

        pairs = self._pairs("changed", edit, self._floor.up, self._site.up)
        self._add_pair(goals.CHANGED, *pairs)

    def _one_target(self) -> None:
        def edit(number: int) -> None:
            self._floor.change(self._stack_resource, f"target{number}")
            self._site.change(0, f"target {number}")

        def floor() -> Cost:
            return self._floor.up("--target", f"**::{self._stack_resource}")

        def ours() -> Cost:
            return self._site.phoenix("sync", "stack", "stack0", "to", "500", "--yes")

        self._add_pair(goals.SYNC_STACK, *self._pairs("target", edit, floor, ours))

    def _plan(self) -> None:
        if "No such command" in self._site.phoenix("plan", "--help").output:
            self._add(goals.PLAN, None, "s", remark="not there yet")
            return
        # The first one may fill what is kept from run to run.
        costs = [self._kept("plan", "site", self._site.phoenix("plan")) for _ in range(self._repeats + 1)][1:]
        self._add(goals.PLAN, median(cost.wall for cost in costs), "s", cpu=median(cost.cpu for cost in costs))

    @property
    def _stack_resource(self) -> str:
        return "stack0@500"

    def _pairs(
        self, what: str, edit: Callable[[int], None], floor: Callable[[], Cost], ours: Callable[[], Cost]
    ) -> tuple[list[Cost], list[Cost]]:
        floors, mine = [], []
        for number in range(self._repeats):
            edit(number)
            floors.append(self._kept(what, "floor", floor()))
            mine.append(self._kept(what, "site", ours()))
        return floors, mine

    def _kept(self, what: str, whose: str, cost: Cost) -> Cost:
        """Remember a run, and stop where one failed: its time would say nothing."""
        if cost.code != 0:
            raise RunFailedError(
                f"{what} of the {whose} with {self._stacks} stacks ended with {cost.code}:\n{cost.output}"
            )
        entry = {
            "size": self._stacks,
            "what": what,
            "whose": whose,
            "wall": round(cost.wall, 3),
            "cpu": round(cost.cpu, 2),
        }
        entry["cpu_by_kind"] = {kind: round(seconds, 2) for kind, seconds in sorted(cost.cpu_by_kind.items())}
        entry |= {"memory": cost.memory, "stand_ins": round(cost.stand_ins, 2)}
        self.raw.append(entry)
        print(
            f"  {self._stacks:5} stacks, {what:10} {whose:6} {cost.wall:7.2f} s, CPU {cost.cpu:7.2f} s", file=sys.stderr
        )
        return cost

    def _add_pair(self, row: str, floors: list[Cost], ours: list[Cost]) -> None:
        remark = f"the stand-ins took {median(cost.stand_ins for cost in ours):.1f} s of CPU meanwhile"
        wall, floor = median(cost.wall for cost in ours), median(cost.wall for cost in floors)
        cpu, floor_cpu = median(cost.cpu for cost in ours), median(cost.cpu for cost in floors)
        self._add(row, wall, "s", floor=floor, of_floor=True, remark=remark, cpu=cpu, floor_cpu=floor_cpu)

    def _add_state(self, exported: str, floor: str) -> None:
        self.state_bytes = len(exported.encode()), len(floor.encode())
        mine = [item for item in _resources(exported) if _is_stack(item)]
        theirs = [item for item in _resources(floor) if str(item["urn"]).endswith(f"::{self._stack_resource}")]
        remark = f"whole state {len(exported) / _KILOBYTE:.0f} kB; floor {len(floor) / _KILOBYTE:.0f} kB"
        self._add(goals.STATE, _kilobytes_each(mine), "kB", floor=_kilobytes_each(theirs), remark=remark)

    def _add(
        self,
        row: str,
        ours: float | None,
        unit: str = "",
        *,
        floor: float | None = None,
        of_floor: bool = False,
        remark: str = "",
        cpu: float | None = None,
        floor_cpu: float | None = None,
    ) -> None:
        environments = -(-self._stacks // STACKS_PER_VM)
        # Portainer's own VM and Traefik's container have a firewall as well.
        goal = goals.goal(row, self._stacks, environments=environments, guests=environments + 2, plugins=self._plugins)
        self.figures.append(Figure(row, self._stacks, ours, unit, floor, goal, of_floor, remark, cpu, floor_cpu))


def growth(smaller: Session, larger: Session, stacks: tuple[int, int]) -> Figure:
    """Return what a stack adds to the state, with its share of its VM.

    Args:
        smaller: Was measured.
        larger: Was measured, too.
        stacks: How many each of them has.
    """
    per_stack = [
        (many - few) / (stacks[1] - stacks[0]) / _KILOBYTE
        for few, many in zip(smaller.state_bytes, larger.state_bytes, strict=True)
    ]
    goal = goals.goal(goals.GROWTH, stacks[1])
    return Figure(goals.GROWTH, stacks[1], per_stack[0], "kB", floor=per_stack[1], goal=goal)


class RunFailedError(Exception):
    """A run that should have ended well did not."""


def counted_requests(requests: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Count requests by who was asked; those of the Proxmox plugin apart."""
    return Counter("plugin" if one.get("agent") == _PLUGIN_AGENT else str(one["product"]) for one in requests)


def _resources(exported: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads(exported)["deployment"]["resources"]
    return found


def _is_stack(item: Mapping[str, Any]) -> bool:
    name = str(item["urn"]).rpartition("::")[2]
    return name.startswith("stack") and "@" in name


def _kilobytes_each(items: list[Mapping[str, Any]]) -> float:
    """Return the size of one resource, printed as the engine does: four spaces a level, three levels deep."""
    return sum(map(_printed, items)) / len(items) / _KILOBYTE


def _printed(item: Mapping[str, Any]) -> int:
    lines = json.dumps(item, indent=4, ensure_ascii=False).splitlines()
    return sum(len(line.encode()) + 1 + 12 for line in lines)


def by_kind(raw: Iterable[Mapping[str, Any]], what: str, whose: str, size: int) -> Mapping[str, float]:
    """Return the median seconds of CPU by kind of process, of all runs of one sort."""
    runs = [one["cpu_by_kind"] for one in raw if (one["what"], one["whose"], one["size"]) == (what, whose, size)]
    kinds = sorted({kind for run in runs for kind in run})
    return {kind: median(run.get(kind, 0.0) for run in runs) for kind in kinds}
