"""What is promised, and whether it was kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from .declared import Stack
from .engine import Run
from .world import AtWrite, Fault, Route, Seen, World

Routes = frozenset[Route]
_NONE: Routes = frozenset()


class Promises:
    """Knows what was declared and what has happened; runs the program, and judges what it did.

    Attributes:
        pending: Resource names of stacks of which something may change in the next full run: edited, drifted, sick,
            on their way in or out. All others must stay untouched.
        leaving: Stacks that were taken off and may still be somewhere.
        drifting: Those that somebody changed by hand.
        lost: Those of which nobody can know that they are ours once they are taken off.
        worked: How their containers were when all was well last, by name.
        adopted: Containers of those that Portainer had before, as they are declared.
        names: Names of routers that they may have.
        published: What may be published of each stack as things are.
    """

    def __init__(self, world: World, stacks: dict[str, Stack]) -> None:
        self._world = world
        self.stacks = stacks
        self.pending: set[str] = {stack.name for stack in stacks.values() if stack.vmid}
        self.leaving: dict[str, Stack] = {}
        self.published: dict[str, set[Routes]] = {}
        self.worked: dict[str, tuple[str, ...]] = {}
        self.names: dict[str, set[str]] = {}
        self.drifting: set[str] = set()
        self.adopted: dict[str, frozenset[str]] = {}
        self.lost: set[str] = set()
        self.file_drift = False
        world.write(stacks)
        self.others = world.look().others

    @property
    def down(self) -> set[int]:
        """VMs whose agent does not answer."""
        return self._world.agents_down

    # What happens

    def exists(self, stack: Stack, how: str) -> None:
        """Portainer has a stack before the first run."""
        self._world.deploy_by_hand(stack, how)
        seen = self._world.look()
        self.worked[stack.name] = seen.running[self._key(stack.name)]
        if how == "same":
            self.adopted[stack.name] = seen.containers[self._key(stack.name)]

    def is_ours(self, stack: Stack) -> bool:
        """Whether the state has deployed or adopted a stack, or there is nothing of it: all else is nobody's."""
        recorded, seen = self._world.engine.state.get(stack.name), self._world.look()
        if recorded is not None and recorded.outputs.get("stack_id"):
            return True
        return not any(project == self._key(stack.name)[1] for _, project in {*seen.containers, *seen.records})

    def declare(self, stack: Stack) -> None:
        """Take a stack's new files."""
        before = self.stacks[stack.folder]
        self.adopted.pop(before.name, None)
        if before.vmid and before.name != stack.name:
            self._leaves(before)
        if stack.vmid:
            self.leaving.pop(stack.name, None)
            self.pending.add(stack.name)
        self.stacks[stack.folder] = stack
        self._world.write(self.stacks)

    def drifted(self, name: str, how: str) -> None:
        """Somebody changed a stack by hand."""
        if how == "delete record":
            # Nothing of it is left behind its route; a run that brings it back sick takes the route away.
            self._may_be_published(name).add(_NONE)
        self.pending.add(name)
        self.drifting.add(name)
        self.adopted.pop(name, None)

    def file_drifted(self) -> None:
        """Somebody changed Traefik's file by hand."""
        self.file_drift = True

    def switch_agent(self, vmid: int) -> None:
        """An agent goes, or comes."""
        if vmid not in self.down and self._world.is_forgotten(vmid):
            self.lost |= self._on(vmid)
        self._world.agent(vmid, up=vmid in self.down)
        self._concerned(vmid)

    def switch_guest(self, number: int) -> None:
        """A guest is declared, or no longer."""
        self._world.guests ^= {number}
        self._world.write(self.stacks)

    def rename(self, stack: Stack, folder: str) -> None:
        """A stack's folder gets another name; nobody says that it is the same stack."""
        del self.stacks[stack.folder]
        self._leaves(stack)
        self.stacks.pop(folder, None)
        renamed = stack.changed(folder=folder)
        self.stacks[folder] = renamed
        self.leaving.pop(renamed.name, None)
        self.pending.add(renamed.name)
        self._world.write(self.stacks)

    def environment_drifted(self, vmid: int) -> None:
        """Somebody changed or deleted an environment by hand."""
        self._concerned(vmid)
        self.drifting |= self._on(vmid)

    def data_lost(self) -> None:
        """Portainer has lost its data; what leaves now from where no agent answers is told, and stays."""
        for vmid in self._world.vms:
            self.environment_drifted(vmid)
        for vmid in self.down:
            self.lost |= self._on(vmid)

    # What is run

    def full_run(self) -> Run:
        """Run everything, then once more: the second pass does nothing; return the first."""
        before, room_is_late = self._world.look(), self._is_room_late()
        run = self._world.up()
        if room_is_late and run.failed:
            run = self._world.up()
        after = self._world.look()
        _require(not run.crashes, "".join(run.crashes), after)
        self._judge_harm(before, after, self.pending)
        for stack in self._declared():
            self._judge(stack, before, after, run)
        for stack in list(self.leaving.values()):
            self._judge_leaving(stack, after, run)
        self._judge_end(run, after)
        self._judge_state(run)
        self._settle(after)
        self._second_pass(after)
        return run

    def scoped_run(self, stack: Stack) -> None:
        """Run for one stack: nothing else is touched."""
        name, before = stack.name, self._world.look()
        forgotten = self._world.is_forgotten(stack.vmid)
        run = self._world.up(self._world.engine.scope_of(name))
        after = self._world.look()
        _require(not run.crashes, "".join(run.crashes), after)
        if forgotten:
            # Only a full run brings a whole site back.
            self._judge_harm(before, after, set())
            _require(run.failed, f"Portainer knows nothing of {name} any more, but the run for it says {run}", after)
            return
        self._judge_harm(before, after, self.pending & {name})
        contested = self._contested(stack)
        if contested and run.failed and self._routes(name, after) in self._may_be_published(name):
            return
        self._judge(stack, before, after, run)
        wanted = not self._good(stack) or stack.routes_blocked
        # An environment whose URL could not be brought is as it is until a full run, and is told until then.
        told = wanted or self._world.is_environment_failed(stack.vmid)
        _require(run.failed in (wanted, told), f"the run for {name} ends with {run}", after)
        self._learn(stack, after)

    def preview(self) -> None:
        """Look only; and what a run does then was foreseen."""
        before = self._world.look()
        foreseen, writes = self._world.writes_of(self._world.preview)
        _require(not writes, f"a preview writes: {writes}", before)
        _require(not foreseen.crashes, "".join(foreseen.crashes), before)
        self._judge_harm(before, self._world.look(), set())
        if not foreseen.failed:
            done = {name for name in self.full_run().changed if self._world.is_driven(name)}
            surprises = {name for name in done - foreseen.changed if not name.startswith("last-word")}
            _require(not surprises, f"nobody foresaw {surprises}: {foreseen}", None)

    def broken_run(
        self,
        one: Stack | None = None,
        kill: tuple[int, str] | None = None,
        at_write: AtWrite | None = None,
        faults: Sequence[Fault] = (),
    ) -> None:
        """Run while something breaks: whatever becomes of it, nobody else is harmed."""
        before = self._world.look()
        scope = self._world.engine.scope_of(one.name) if one else None
        run = self._world.up(scope, kill=kill, at_write=at_write, faults=faults)
        _require(not run.crashes, "".join(run.crashes), None)
        if at_write and at_write.vmid:
            self._concerned(at_write.vmid)
        concerned = self.pending & {one.name} if one else self.pending
        after = self._world.look()
        for stack in self._declared():
            if stack.name in concerned and not stack.routes_blocked:
                self._may_be_published(stack.name).add(self._wanted(stack))
                self.names.setdefault(stack.name, set()).add(stack.router)
        for name in self.leaving:
            self._may_be_published(name).add(_NONE)
        self._judge_harm(before, after, concerned)

    def end(self) -> None:
        """Mend everything: one run brings it all, and the next one does nothing."""
        for vmid in list(self.down):
            self.switch_agent(vmid)
        for stack in list(self.stacks.values()):
            if stack.fault:
                self.declare(stack.changed(fault=""))
        self.full_run()

    # Judging

    def _judge_harm(self, before: Seen, after: Seen, may_change: Iterable[str]) -> None:
        """Nobody else's route, record or container changes, and there is one record each."""
        _require(not after.twice, f"two records: {after.twice}", after)
        _require(after.others == self.others, "what is not ours was changed", after)
        allowed = {self._key(name) for name in may_change}
        allowed |= {(0, project) for _, project in allowed}
        for what in ("records", "containers", "running"):
            was, now = getattr(before, what), getattr(after, what)
            for key in {*was, *now} - allowed:
                _require(was.get(key) == now.get(key), f"{what} of {key}, who is not concerned: {was.get(key)}", after)
        for name in self._known() - set(may_change):
            had, has = self._routes(name, before), self._routes(name, after)
            # What an earlier run has deployed may be published by any later one.
            arrived = has in self._may_be_published(name) and (has or self.file_drift)
            _require(had == has or arrived, f"routes of {name}, who is not concerned: {had}, then {has}", after)
        for name in self._known() & set(may_change):
            has = self._routes(name, after)
            fine = {*self._may_be_published(name), *(self._wanted(one) for one in self._declared() if one.name == name)}
            if name in self.leaving:
                fine.add(_NONE)
            if self.file_drift:
                fine.add(self._routes(name, before))
            _require(has in fine, f"routes of {name}: {has}, none of {fine}", after)

    def _judge(self, stack: Stack, before: Seen, after: Seen, run: Run) -> None:
        """Blocked is untouched, and what can be is as declared."""
        name, key = stack.name, self._key(stack.name)
        routes = self._routes(name, after)
        if stack.routes_blocked or not self._good(stack):
            kept = {*self._may_be_published(name)}
            _require(routes in kept, f"{name} cannot be as declared, its routes are {routes}, none of {kept}", after)
        else:
            _require(routes == self._wanted(stack), f"{name} is published as {routes}: {run}", after)
        if stack.blocked or stack.vmid in self.down or (stack.fault == "missing image" and name not in self.drifting):
            for what in ("records", "containers", "running"):
                was, now = getattr(before, what).get(key), getattr(after, what).get(key)
                _require(was == now, f"{what} of {name}, which must stay untouched: {was}", after)
        elif not stack.sick:
            _require(key in after.records, f"{name} has no record: {run}", after)
            kept = self.adopted.pop(name, None) in (None, after.containers[key])
            _require(kept, f"{name} was started anew when it was taken over: {run}", after)
            _require((0, key[1]) not in after.records, f"{name} has a record without an environment: {run}", after)
            _require(after.running.get(key) == self._lines(stack), f"{name} does not run as declared: {run}", after)
        elif stack.fault == "bad command" and name in self.worked:
            _require(after.running.get(key) == self.worked[name], f"{name} did not come back: {run}", after)

    def _judge_leaving(self, stack: Stack, after: Seen, run: Run) -> None:
        key = self._key(stack.name)
        if stack.vmid in self.down or stack.name in self.lost | self._stuck():
            return
        there = key in after.records or key in after.containers or self._routes(stack.name, after)
        _require(not there, f"{stack.name} was taken off and is still there: {run}", after)

    def _judge_end(self, run: Run, after: Seen) -> None:
        """The run fails if and only if something is not as declared."""
        wrong = [one.name for one in self._declared() if one.routes_blocked or not self._good(one)]
        stuck = sorted(self._stuck())
        missing = [f"environment@{vmid}" for vmid in self.down - after.environments]
        wrong += stuck + missing
        _require(run.failed == bool(wrong), f"wrong are {wrong}, but the run says {run}", None)

    def _judge_state(self, run: Run) -> None:
        """What is not declared any more is gone, although something else may be sick."""
        stuck = self._stuck()
        guests = {f"{kind}@{number}" for kind in ("rules", "firewall") for number in self._world.guests}
        state = set(self._world.engine.state)
        there = {name for name in state if re.fullmatch(r"(rules|firewall)@\d+", name)}
        _require(stuck or there == guests, f"guests in the state: {there}, declared: {guests}; {run}", None)
        stacks = {name for name in state if re.fullmatch(r"[a-f]@\d+", name)}
        declared = {stack.name for stack in self._declared()}
        _require(stacks - declared <= stuck, f"stacks in the state: {stacks}, declared: {declared}; {run}", None)

    def _second_pass(self, first: Seen) -> None:
        run, writes = self._world.writes_of(self._world.up)
        after = self._world.look()
        stuck = self._stuck()
        writes = [one for one in writes if one != "POST /api/endpoints" or self.down <= after.environments]
        # What an agent that is away kept from being changed is tried, and put back, at every run.
        tried = {f"PUT /api/endpoints/{number}" for number in self._world.environments_of(self.down)}
        writes = [one for one in writes if one not in tried]
        if not stuck:
            _require(not writes, f"the second pass writes: {writes}; {run}", after)
        _require(after == first, f"the second pass changes something: {run}; before: {first}", after)
        if self._all_good() and not self.leaving and self.down <= after.environments:
            done = [step for step in run.steps if self._world.is_driven(step[1])]
            _require(not done and not run.failed, f"the second pass does something: {run}", after)

    # What the model knows

    def _leaves(self, stack: Stack) -> None:
        self.leaving[stack.name] = stack
        self.pending.add(stack.name)
        if stack.name not in self._world.engine.state:
            # The run that made it was killed before it was written down, or nothing was made.
            self.lost.add(stack.name)

    def _is_room_late(self) -> bool:
        """Whether a stack needs what another one leaves, and cannot have it in one run.

        Room is made before its time, for what is new. Where an earlier run was not whole, the stack waits until the
        other one has left at the end of a run, and says so.
        """
        held = {(stack.vmid, stack.port) for stack in self.leaving.values()}
        waiting = [stack for stack in self._declared() if (stack.vmid, stack.port) in held]
        return any(stack.name in self._world.engine.state for stack in waiting)

    def _stuck(self) -> set[str]:
        """What is not removed now: its agent is away, or something new does not run that may be meant to replace it."""
        state, waits = self._world.engine.state, self._is_newcomer_missing()
        return {one.name for one in self.leaving.values() if (waits or one.vmid in self.down) and one.name in state}

    def _is_newcomer_missing(self) -> bool:
        """Whether something is declared that has never run, and does not run as declared now."""
        missing = (one for one in self._declared() if not self._good(one) or one.routes_blocked)
        return any(one.name not in self.worked for one in missing)

    def _concerned(self, vmid: int) -> None:
        self.pending |= self._on(vmid)

    def _settle(self, after: Seen) -> None:
        """Take what a whole run left as how things are."""
        for stack in self._declared():
            self._learn(stack, after)
        for name in list(self.leaving):
            if name not in self._stuck():
                del self.leaving[name]
                self.pending.discard(name)
                self.lost.discard(name)
                for known in (self.published, self.worked, self.names):
                    known.pop(name, None)
        self.file_drift = False

    def _learn(self, stack: Stack, after: Seen) -> None:
        name = stack.name
        self.published[name] = {self._routes(name, after)}
        if self._good(stack) and not stack.blocked:
            self.drifting.discard(name)
            self.lost.discard(name)
            self.worked[name] = after.running.get(self._key(name), ())
            self.names[name] = {stack.router}
            if not stack.routes_blocked:
                self.pending.discard(name)

    def _contested(self, stack: Stack) -> bool:
        others = {one.router for one in self._declared() if one.folder != stack.folder}
        recorded = {router for name, routers in self.names.items() if name != stack.name for router in routers}
        return stack.router in others | recorded

    def _good(self, stack: Stack) -> bool:
        return not stack.blocked and not stack.sick and stack.vmid not in self.down

    def _all_good(self) -> bool:
        return all(self._good(stack) and not stack.routes_blocked for stack in self._declared())

    def _declared(self) -> list[Stack]:
        return [stack for stack in self.stacks.values() if stack.vmid]

    def _known(self) -> set[str]:
        return {*self.leaving, *(stack.name for stack in self._declared())}

    def _on(self, vmid: int) -> set[str]:
        return {name for name in self._known() if name.endswith(f"@{vmid}")}

    def _may_be_published(self, name: str) -> set[Routes]:
        return self.published.setdefault(name, {_NONE})

    def _wanted(self, stack: Stack) -> Routes:
        return frozenset({(f"{stack.rule} {stack.priority}", self._world.url_of(stack))})

    def _routes(self, name: str, seen: Seen) -> Routes:
        folder, _, vmid = name.partition("@")
        address = self._world.vms[int(vmid)]
        return frozenset(route for route in seen.routes if f"(`{folder}." in route[0] and f"//{address}:" in route[1])

    @staticmethod
    def _lines(stack: Stack) -> tuple[str, ...]:
        lines = [f"web nginx:{stack.tag} running", *(f"{name} {name}:1 running" for name in stack.services)]
        return tuple(sorted(lines))

    @staticmethod
    def _key(name: str) -> tuple[int, str]:
        folder, _, vmid = name.partition("@")
        return int(vmid), f"{folder}-production"


def _require(kept: Any, what: str, seen: Seen | None) -> None:
    if not kept:
        raise AssertionError(f"{what}\n{seen}")
