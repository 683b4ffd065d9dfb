"""Names in DNS that are no routes, each with the guest to which it leads."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from phoenix_providers.planning.site.graph.guests import guest_id
from phoenix_providers.planning.site.graph.picture import PROXMOX, Detail, Thing
from phoenix_providers.planning.site_plan import SitePlan


def records(plan: SitePlan, routed: Collection[str]) -> Iterator[Thing]:
    """Yield all names but those of routes, which say themselves where DNS leads."""
    for record in plan.dns:
        if record.hostname in routed:
            continue
        number = plan.guest_addresses.get(record.ip)
        yield Thing(
            f"record:{record.hostname}",
            "record",
            record.hostname,
            record.hostname.removesuffix(f".{plan.domain}"),
            f"name in DNS, leads to {record.ip}",
            (str(record.place),) if record.place else (),
            inside=guest_id(number) if number else PROXMOX,
            details=(
                Detail("address", record.ip),
                *((Detail("asked for by", record.asked_by),) if record.asked_by else ()),
            ),
        )
