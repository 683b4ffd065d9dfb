"""A stack's routes: what its labels say, with back ends on the VM's address and published ports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import chain

from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration, NewSection, TraefikItem
from phoenix_providers.planning.compose.compose_file import ComposeService
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.label_prefix import is_traefik_label
from phoenix_providers.planning.routes.names import names_in
from phoenix_providers.planning.routes.service_labels import Label, LabelPlaces
from phoenix_providers.planning.routes.service_routes import Backend, ServiceRoutes
from phoenix_providers.planning.traefik.label_decoding import TraefikLabels, read_labels
from phoenix_providers.planning.traefik.option_check import option_faults
from phoenix_providers.planning.traefik.references import reached
from phoenix_providers.planning.traefik.structure_check import kind_faults

_TEMPLATE = "{{"


def stack_routes(
    services: Mapping[str, ComposeService],
    labels: Mapping[str, Mapping[str, Label]],
    backend: Backend,
    findings: Findings,
) -> NewConfiguration:
    """Return the stack's share of Traefik's dynamic configuration; empty when nothing is routed.

    What is wrong with it blocks these routes alone.
    """
    merged: NewConfiguration = {}
    everything: list[tuple[str, Label]] = []
    for name, service in services.items():
        own = {key: label for key, label in labels.get(name, {}).items() if is_traefik_label(key)}
        if not own:
            continue
        read = read_labels({key: label.value for key, label in own.items()})
        if read.enabled is False:
            continue
        places = LabelPlaces(own.items())
        everything += own.items()
        _report(read, own, findings)
        if not service.active:
            findings.warning(f"{name} is not routed: none of its profiles is chosen", places.first)
            continue
        _refuse_templates(own, findings)
        part = ServiceRoutes(service, services, backend, places, findings).build(read)
        _merge(merged, part, places, findings)
    _report_options(merged, LabelPlaces(everything), findings)
    return merged


def _report_options(routes: DynamicConfiguration, places: LabelPlaces, findings: Findings) -> None:
    """Report what Traefik would load and then refuse; it does not look at options that no router leads to."""
    routers = [".".join(name) for name in names_in(routes) if name[1] == "routers"]
    used = {*routers, *chain.from_iterable(reached(routes, path) for path in routers)}
    kinds = tuple(kind_faults(routes))
    for fault in (*kinds, *option_faults(routes)):
        steps = fault.path.split(".")
        blocks = fault in kinds or ".".join(steps[:3]) in used
        report = partial(findings.error, routes_only=True) if blocks else findings.warning
        report(
            f"the {steps[1].removesuffix('s')} {steps[2]} is not valid: {fault.reason}",
            places.of(*steps),
            seen=f"traefik.{fault.path}",
            expected=fault.expected,
        )


def _report(read: TraefikLabels, labels: Mapping[str, Label], findings: Findings) -> None:
    for problem in read.problems:
        report = findings.warning if problem.harmless else partial(findings.error, routes_only=True)
        label = labels[problem.label]
        report(
            f"the label {problem.label} cannot be used: {problem.message}"
            if not problem.harmless
            else f"the label {problem.label} is ignored: {problem.message}",
            label.place,
            seen=f"{problem.label}={label.value}",
            expected=problem.expected,
        )


def _merge(merged: NewConfiguration, part: DynamicConfiguration, places: LabelPlaces, findings: Findings) -> None:
    """Unite the labels of several containers as Traefik does: equal items are one, different ones are an error."""
    for protocol, kinds in part.items():
        for kind, items in kinds.items():
            known = merged.setdefault(protocol, {}).setdefault(kind, {})
            for name, item in items.items():
                if name not in known or known[name] == item:
                    known[name] = item
                elif not _united(known, name, item):
                    findings.error(
                        f"two services of the stack define the {kind.removesuffix('s')} {name} differently",
                        places.of(protocol, kind, name),
                        seen=f"traefik.{protocol}.{kind}.{name} on both, with other options",
                        expected="the same options, or a name of its own for each",
                        routes_only=True,
                    )


def _united(known: NewSection, name: str, item: TraefikItem) -> bool:
    """Unite two load balancers that differ in their servers only."""
    old, new = known[name].get("loadBalancer"), item.get("loadBalancer")
    if not old or not new or {**old, "servers": ()} != {**new, "servers": ()}:
        return False
    servers = [*old["servers"], *(server for server in new["servers"] if server not in old["servers"])]
    known[name] = {**known[name], "loadBalancer": {**old, "servers": servers}}
    return True


def _refuse_templates(labels: Mapping[str, Label], findings: Findings) -> None:
    """Traefik would execute what looks like a Go template."""
    for key, label in labels.items():
        if _TEMPLATE in key or _TEMPLATE in label.value:
            findings.error(
                "a label contains {{, which Traefik would execute as a template",
                label.place,
                seen=f"{key}={label.value}",
                expected="a text without {{",
                next_step="write the route into a file of your own in Traefik's directory",
                routes_only=True,
            )
