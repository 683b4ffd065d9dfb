"""Random sequences of everything that happens to a site, against a model of what is promised."""

from __future__ import annotations

import itertools
import math
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from ..conftest import Lab, PortainerOptions
from .declared import BLOCKING, ROUTE_BLOCKING, SICK, Stack
from .promises import Promises
from .world import AtWrite, Fault, World

FOLDERS = ("a", "b", "c", "d")
SPARE = ("e", "f")
VMS = (111, 112, 113)
GUESTS = (121, 122)
_CHANGES = {
    "image": lambda stack: {"tag": stack.tag + 1},
    "value": lambda stack: {"value": stack.value + "x"},
    "file": lambda stack: {"mounted": f"page {stack.mounted}"},
    "path": lambda stack: {"path": f"{stack.path}/p"},
    "priority": lambda stack: {"priority": stack.priority + 10},
    "one service more": lambda stack: {"services": stack.services | {f"s{len(stack.services)}"}},
    "one service less": lambda stack: {"services": frozenset(sorted(stack.services)[1:])},
    "port": lambda stack: {"port": stack.port + 10},
}


def _of(choose: Callable[[Sequences], Iterable[str]]) -> st.SearchStrategy[str]:
    """Draw one of what the machine has to choose from, or "" where there is nothing."""
    return st.runner().flatmap(lambda machine: st.sampled_from(sorted(choose(machine)) or [""]))


any_folder = _of(lambda machine: machine.stacks)
listed = _of(lambda machine: machine.listed())
_pairs = st.runner().flatmap(lambda machine: st.sampled_from(list(itertools.combinations(sorted(machine.listed()), 2))))
sound = _of(lambda machine: (stack.folder for stack in machine.stacks.values() if stack.vmid and not stack.fault))
faulty = _of(lambda machine: (stack.folder for stack in machine.stacks.values() if stack.fault))
vms = st.sampled_from(VMS)
moments = st.sampled_from(["before", "after"])
# A run for one stack, or (mostly) for all.
maybe_one = st.one_of(st.just(""), st.just(""), listed)
# Records of Portainer's own; what is passed on to Docker is another matter.
_WRITES = r"^/api/(stacks|endpoints)(/[a-z]+/[a-z]+/[a-z]+|/\d+)?(\?|$)"


class Sequences(RuleBasedStateMachine):
    """Each rule does one thing to the files, to the world, or runs the program; the model judges after each run."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(prefix="phoenix-machine-"))
        self.world: World | None = None

    @initialize(
        style=st.sampled_from(["blocking", "async"]),
        listed=st.sets(st.sampled_from(FOLDERS), min_size=1),
        existing=st.dictionaries(st.sampled_from(FOLDERS), st.sampled_from(["same", "older"])),
    )
    def begin(self, style: str, listed: set[str], existing: Mapping[str, str]) -> None:
        # Hours pass here in a second, so the limit on sign-ins says nothing.
        options = PortainerOptions(0.01, 0.02, sign_ins=math.inf)
        self.lab = Lab(self.base / "lab", style, options, agents=len(VMS))
        self.world = World(self.lab, self.base / "world")
        self.world.add_foreign()
        self.stacks = {
            name: Stack(name, 8100 + index, VMS[index % 3] if name in listed else 0, router=name)
            for index, name in enumerate(FOLDERS)
        }
        self.model = Promises(self.world, self.stacks)
        for folder in sorted(listed & set(existing)):
            self.model.exists(self.stacks[folder], existing[folder])

    # The files

    @rule(folder=listed, change=st.sampled_from(sorted(_CHANGES)))
    def edit(self, folder: str, change: str) -> None:
        if stack := self.stacks.get(folder):
            self._declare(stack.changed(**_CHANGES[change](stack)))

    @rule(folder=any_folder, vmid=vms)
    def list_on(self, folder: str, vmid: int) -> None:
        stack = self.stacks[folder]
        # One that Portainer had before, and that we never took over, stays where it is.
        if stack.vmid != vmid and (not stack.vmid or self.model.is_ours(stack)):
            self._declare(stack.changed(vmid=vmid))

    @rule(folder=listed)
    def take_off(self, folder: str) -> None:
        if stack := self.stacks.get(folder):
            self._declare(stack.changed(vmid=0))

    @precondition(lambda machine: any(stack.vmid and not stack.fault for stack in machine.stacks.values()))
    @rule(folder=sound, fault=st.sampled_from(sorted(BLOCKING | ROUTE_BLOCKING | SICK)))
    def spoil(self, folder: str, fault: str) -> None:
        if stack := self.stacks.get(folder):
            self._declare(stack.changed(fault=fault, tag=stack.tag + 1))

    @precondition(lambda machine: any(stack.fault for stack in machine.stacks.values()))
    @rule(folder=faulty)
    def mend(self, folder: str) -> None:
        if stack := self.stacks.get(folder):
            self._declare(stack.changed(fault=""))

    @precondition(lambda machine: machine.listed())
    @rule(folder=listed, other=any_folder)
    def name_router_like(self, folder: str, other: str) -> None:
        if stack := self.stacks.get(folder):
            self._declare(stack.changed(router=self.stacks[other].router))

    @precondition(lambda machine: len(machine.listed()) > 1)
    @rule(pair=_pairs)
    def swap_router_names(self, pair: tuple[str, str]) -> None:
        one, two = (self.stacks[folder] for folder in pair)
        self._declare(one.changed(router=two.router))
        self._declare(two.changed(router=one.router))

    @rule(folder=listed, new=st.sampled_from(FOLDERS + SPARE))
    def rename_folder(self, folder: str, new: str) -> None:
        # A name that another stack is about to leave is not free yet: what it holds is let go in the run after.
        taken = {*self.stacks, *(stack.folder for stack in self.model.leaving.values())}
        # One that Portainer had before, and that we never took over, is nobody's under another name.
        ours = {name for name in self.stacks if self.model.is_ours(self.stacks[name])}
        if (stack := self.stacks.get(folder)) and new not in taken and folder in ours:
            self.model.rename(stack, new)

    @rule(number=st.sampled_from(GUESTS))
    def guest_gets_or_loses_a_firewall(self, number: int) -> None:
        self.model.switch_guest(number)

    # The world

    @rule(folder=listed, how=st.sampled_from(["stop", "remove", "delete record", "edit record"]))
    def drift(self, folder: str, how: str) -> None:
        stack = self.stacks.get(folder)
        if stack and stack.vmid not in self.model.down and self.world.drift(stack, how):
            self.model.drifted(stack.name, how)

    @rule(how=st.sampled_from(["edit", "remove"]))
    def drift_of_file(self, how: str) -> None:
        if self.world.drift_file(how):
            self.model.file_drifted()

    @rule(vmid=vms)
    def agent_goes_or_comes(self, vmid: int) -> None:
        self.model.switch_agent(vmid)

    @rule(vmid=vms, how=st.sampled_from(["rename", "delete"]))
    def drift_of_environment(self, vmid: int, how: str) -> None:
        if self.world.drift_environment(vmid, how):
            self.model.environment_drifted(vmid)

    @rule()
    def portainer_loses_its_data(self) -> None:
        self.world.lose_data()
        self.model.data_lost()

    # Runs

    @rule()
    def run(self) -> None:
        self.model.full_run()

    @rule(folder=listed)
    def run_one(self, folder: str) -> None:
        if stack := self.stacks.get(folder):
            self.model.scoped_run(stack)

    @rule()
    def preview_and_run(self) -> None:
        self.model.preview()

    @rule(one=maybe_one, step=st.integers(0, 24), when=moments)
    def run_killed_at_step(self, one: str, step: int, when: str) -> None:
        self.model.broken_run(self.stacks.get(one), kill=(step, when))

    @rule(one=maybe_one, number=st.integers(0, 6), when=moments)
    def run_killed_at_request(self, one: str, number: int, when: str) -> None:
        self.model.broken_run(self.stacks.get(one), at_write=AtWrite(number, when))

    @rule(one=maybe_one, number=st.integers(0, 6), when=moments, vmid=vms)
    def run_while_agent_goes_or_comes(self, one: str, number: int, when: str, vmid: int) -> None:
        self.model.broken_run(self.stacks.get(one), at_write=AtWrite(number, when, vmid))

    @rule(
        one=maybe_one,
        method=st.sampled_from(["POST", "PUT", "DELETE"]),
        action=st.sampled_from(["cut_before", "cut_after", "504", "502", "500"]),
        times=st.integers(1, 2),
    )
    def run_with_bad_answers(self, one: str, method: str, action: str, times: int) -> None:
        self.model.broken_run(self.stacks.get(one), faults=[Fault(method, _WRITES, action, times)])

    @rule(
        one=maybe_one,
        path=st.sampled_from(["/api/stacks", "/api/endpoints", "/docker/"]),
        action=st.sampled_from(["cut_before", "504", "502", "500"]),
        times=st.integers(1, 4),
    )
    def run_with_unread_answers(self, one: str, path: str, action: str, times: int) -> None:
        self.model.broken_run(self.stacks.get(one), faults=[Fault("GET", path, action, times)])

    def teardown(self) -> None:
        if self.world is None:
            return
        try:
            self.model.end()
        finally:
            self.close()

    def close(self) -> None:
        """Stop the lab."""
        if self.world is not None:
            self.world.close()
            self.lab.close()
        shutil.rmtree(self.base, ignore_errors=True)

    def listed(self) -> list[str]:
        """Return the folders that some VM lists."""
        return [stack.folder for stack in self.stacks.values() if stack.vmid]

    def _declare(self, stack: Stack) -> None:
        self.model.declare(stack)
