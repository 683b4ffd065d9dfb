"""What the notes of a run say of stacks that leave."""

from __future__ import annotations

from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.run_notes import RunNotes
from phoenix_providers.planning.stacks.leaving.leaving_stack import LeavingStack

OLD = LeavingStack("old@111", "old-production", "vm111", ("new@111", "newer@111"))
MOVED = LeavingStack("moved@111", "moved", "vm111", ("new@112",), back_ends={"new@112": ("backend@112:80",)})


def test_nobody_stays_where_all_goes_well() -> None:
    assert RunNotes(leaving=(OLD, MOVED)).staying() == {}


def test_one_stays_for_those_in_its_place_that_do_not_run() -> None:
    notes = RunNotes(leaving=(OLD, MOVED), failed={"newer@111", "other@111"})
    assert notes.staying() == {"old@111": ("newer@111",)}


def test_one_stays_for_those_that_nobody_reaches() -> None:
    notes = RunNotes(leaving=(OLD, MOVED), closed_connections=frozenset({"backend@112:80"}))
    assert notes.staying() == {"moved@111": ("new@112",)}
    assert (notes.waited_for("new@112"), notes.waited_for("new@111")) == (("moved@111",), ())


def test_what_made_room_and_is_gone_keeps_nothing() -> None:
    notes = RunNotes(leaving=(OLD,), failed={"new@111"}, removed={("vm111", "old-production"): ()})
    assert notes.staying() == {}


def test_a_process_that_nobody_has_configured_has_no_notes() -> None:
    clients_of_run.use(None)
    assert clients_of_run.notes().staying() == {}
