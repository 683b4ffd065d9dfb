"""Host names that the manifest of a stack's folder declares, whether or not a VM lists the stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.stack import StackEnvironment, StackFolder
from phoenix_providers.models.traefik_records import DynamicConfiguration, TraefikItem
from phoenix_providers.planning.compose.interpolation import TemplateError, Usage, interpolate, with_project
from phoenix_providers.planning.compose.labels import split_label
from phoenix_providers.planning.names import is_host_name, project_of
from phoenix_providers.planning.traefik.label_decoding import read_labels
from phoenix_providers.planning.traefik.rule_grammar import Kind, RuleError, host_names, parse


@dataclass(frozen=True)
class DeclaredHosts:
    """Names in order; not `complete` where a rule cannot be read, so that it may declare more."""

    names: tuple[str, ...]
    complete: bool


def declared_hosts(configuration: Configuration, folder: StackFolder) -> DeclaredHosts:
    """Return the names for the site's environment, and for those environments in which VMs run the stack."""
    own = configuration.environments_named.get(folder.name, ())
    environments = dict.fromkeys([configuration.settings.environment, *own])
    found = [hosts for name in environments for hosts in _of_services(folder, name)]
    names = dict.fromkeys(name for hosts in found for name in hosts.names)
    return DeclaredHosts(tuple(names), all(hosts.complete for hosts in found))


def routed_hosts(routes: DynamicConfiguration) -> tuple[str, ...]:
    """Return the host names of all routers, in order; rules that cannot be read have none."""
    return _of_routers(routes).names


def _of_routers(routes: DynamicConfiguration) -> DeclaredHosts:
    names: dict[str, None] = {}
    complete = True
    for kind, router in _rules(routes):
        try:
            hosts = host_names(parse(router["rule"], kind))
        except RuleError:
            # Rules of Traefik v2 are not read, and never were.
            complete = complete and router.get("ruleSyntax") == "v2"
            continue
        names |= dict.fromkeys(hosts)
        complete = complete and all("*" in host or is_host_name(host) for host in hosts)
    return DeclaredHosts(tuple(names), complete)


def _of_services(folder: StackFolder, name: str) -> Iterator[DeclaredHosts]:
    environment = folder.manifest.environments.get(name, StackEnvironment())
    own = {variable.name: variable.value for variable in environment.variables}
    if not folder.manifest.limits.routes:
        return
    variables = with_project(own, project_of(folder.name, name, folder.manifest.limits.project))
    for _, settings in sorted(environment.services.items()):
        labels, complete = {}, True
        for key, value in map(split_label, settings.traefik_labels):
            try:
                labels[interpolate(key, variables, Usage())] = interpolate(value, variables, Usage())
            except TemplateError:
                # The stack that uses the folder reports it; without the value there is no name.
                complete = False
        read = read_labels(labels)
        if read.enabled is not False:
            hosts = _of_routers(read.structure)
            yield DeclaredHosts(hosts.names, complete and hosts.complete)


def _rules(routes: DynamicConfiguration) -> Iterable[tuple[Kind, TraefikItem]]:
    kinds: tuple[Kind, ...] = ("http", "tcp")
    for kind in kinds:
        for router in routes.get(kind, {}).get("routers", {}).values():
            if "rule" in router:
                yield kind, router
