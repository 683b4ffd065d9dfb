"""Looking for the guests that the files name, before anything is asked of them or written for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import UnauthorizedError, UnsafeError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.declared_guest import DeclaredGuest
from phoenix_providers.planning.proxmox.guest_presence import absent_guests, misplaced_guests
from phoenix_providers.planning.proxmox.guest_resources import forget_commands, names_declared


def refuse_absent_inputs(proxmox: str, guests: Iterable[StoredProperties], known: Iterable[float]) -> None:
    """Do the same with properties of a resource, as `DeclaredGuest.as_input` gave them, if Proxmox answers."""
    declared = [DeclaredGuest.from_input(item) for item in guests]
    if declared and clients_of_run.current().proxmox(proxmox).answers():
        settings = clients_of_run.current().proxmox(proxmox).seen
        refuse_absent(settings, proxmox, declared, {int(number) for number in known})


def refuse_absent(
    settings: ProxmoxSettings, proxmox: str, declared: Sequence[DeclaredGuest], in_state: Collection[int]
) -> None:
    """Refuse guests that Proxmox has not, or has elsewhere.

    Args:
        settings: What is asked.
        proxmox: The API's URL.
        declared: All guests that the files name.
        in_state: Numbers of guests whose firewall is in the state.

    Raises:
        UnsafeError: Some are not there; nothing was sent.
    """
    live = settings.live_guests()
    gone = {one.number for one in declared if one.number not in live and _is_gone(settings, one)}
    found = [*absent_guests(declared, live, gone, in_state), *misplaced_guests(declared, live)]
    if not found:
        return
    steps = ["edit the files as said, or take out what is gone, then run again"]
    if forgettable := [one.scope for one in declared if one.number in gone and one.number in in_state]:
        steps.append("if Proxmox then refuses to delete what is left of a guest: phoenix sync all --forget-gone")
        steps.append("the same in plain Pulumi: pulumi up --refresh=false, then")
        steps += [step for scope in forgettable for step in forget_commands(names_declared(scope))]
    raise UnsafeError(
        "Guests are not on Proxmox as the files have them; nothing was sent",
        where=proxmox,
        seen="\n            ".join(found),
        expected="every guest of the files under its number, and those with a `firewall` on their node",
        next_step="\n            ".join(steps),
    )


def _is_gone(settings: ProxmoxSettings, guest: DeclaredGuest) -> bool:
    """Whether Proxmox says so; of a guest that the token may not see nobody can tell."""
    try:
        return settings.is_gone(guest.scope.path)
    except UnauthorizedError:
        return False
