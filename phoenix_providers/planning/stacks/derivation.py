"""One stack on one VM: everything that is deployed, or the reasons why nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import StackReference, VirtualMachine
from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import SecretReference, StackEnvironment, StackFolder
from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration
from phoenix_providers.planning.addresses import address_of, override_advice
from phoenix_providers.planning.compose.compose_file import Compose, ComposeService, read_compose
from phoenix_providers.planning.compose.ignored_dotenv import check_dotenv
from phoenix_providers.planning.compose.injection import inject
from phoenix_providers.planning.compose.interpolation import with_project
from phoenix_providers.planning.compose.labels import split_label
from phoenix_providers.planning.compose.mounted_files import mounted_files
from phoenix_providers.planning.compose.specification.reading import check_specification
from phoenix_providers.planning.compose.unsupported import refuse
from phoenix_providers.planning.findings import Findings, nearest
from phoenix_providers.planning.firewall.derivation import readable_rules
from phoenix_providers.planning.firewall.rules.declared_rules import DeclaredRule, Path
from phoenix_providers.planning.label_prefix import is_traefik_label
from phoenix_providers.planning.names import project_of, project_problem
from phoenix_providers.planning.routes.service_labels import (
    Label,
    LabelPlaces,
    Variables,
    compose_labels,
    labels_to_inject,
    manifest_labels,
)
from phoenix_providers.planning.routes.service_routes import Backend
from phoenix_providers.planning.routes.stack_routes import stack_routes
from phoenix_providers.planning.site_plan import EnvironmentPlan
from phoenix_providers.planning.stacks.bootstrap import bootstrap_reason, images_in
from phoenix_providers.planning.stacks.derived_stack import DerivedStack
from phoenix_providers.planning.stacks.holding import held, refuse_misplaced
from phoenix_providers.planning.stacks.taken_ports import taken_ports
from phoenix_providers.planning.stacks.variables import stack_variables


def derive_stack(
    configuration: Configuration,
    vm: VirtualMachine,
    reference: StackReference,
    environments: Mapping[int, EnvironmentPlan],
) -> DerivedStack:
    """Derive a stack that a VM names in its `docker_stacks`."""
    return _Derivation(configuration, vm, reference, environments.get(vm.vmid)).run()


class _Derivation:
    def __init__(
        self,
        configuration: Configuration,
        vm: VirtualMachine,
        reference: StackReference,
        environment: EnvironmentPlan | None,
    ) -> None:
        self._configuration = configuration
        self._vm = vm
        self._reference = reference
        self._place = configuration.locate(*vm.declared_at, "docker_stacks", reference.index)
        self._places = LabelPlaces((), self._place)
        self._compose: Compose | None = None
        self._service_labels: Mapping[str, Mapping[str, Label]] = {}
        self._environment = environment
        self._name = reference.environment or configuration.settings.environment
        folder = configuration.stacks.get(reference.name)
        self._project = project_of(reference.name, self._name, folder.manifest.limits.project if folder else None)
        self._findings = Findings(reference.name)
        self._findings.found += [problem for problem in configuration.problems if problem.stack == reference.name]

    def run(self) -> DerivedStack:
        folder = self._configuration.stacks.get(self._reference.name)
        self._check_names(folder)
        if folder is None:
            return self._derived(None, {}, None, {}, "", ())
        manifest = self._manifest(folder)
        own = stack_variables(
            manifest.variables,
            self._configuration.settings.secrets,
            lambda index: self._in_manifest("variables", index),
            self._findings,
        )
        variables = with_project(own, self._project)
        rules = readable_rules(
            self._configuration,
            manifest.firewall_rules,
            (*self._manifest_path, "firewall_rules"),
            self._findings,
            of_guest=True,
        )
        compose = None
        if folder.compose is not None:
            beside = folder.dotenv.keys() - variables.keys()
            compose = read_compose(folder.compose, variables, self._in_compose, self._findings, beside)
        elif not self._findings.errors:
            self._findings.error(
                f"the stack {folder.name} has no compose file",
                folder.compose_location,
                seen="none that can be read",
                expected="docker-compose.yml or compose.yaml",
            )
        home = self._environment.name if self._environment else self._vm.name
        if compose is None:
            bootstrap = bootstrap_reason(images_in(folder.compose or ""), home)
            return self._derived(None, own, None, {}, bootstrap, tuple(rules))
        self._compose = compose
        check_dotenv(
            folder,
            compose,
            variables.keys(),
            self._in_compose,
            self._findings,
            old_spelling=self._configuration.old_spelling,
        )
        bootstrap = bootstrap_reason((service.image for service in compose.services.values()), home)
        refuse_misplaced(compose.model, self._in_compose, self._findings)
        routes = self._routes(compose, manifest, variables)
        text = self._text(folder, compose, manifest, variables, bootstrap)
        return self._derived(compose, own, text, routes, bootstrap, tuple(rules))

    def _check_names(self, folder: StackFolder | None) -> None:
        name = self._reference.name
        if folder is None and not self._findings.errors:
            self._findings.error(
                f"{self._vm.name} names the stack {name}, but there is no folder of that name",
                self._place,
                seen=name,
                expected=nearest(name, self._configuration.stacks) or f"a folder stacks/{name}",
                next_step=f"make stacks/{name}, or correct the name",
            )
        if reason := project_problem(self._project):
            self._findings.error(
                f"Portainer cannot hold the stack {name}: {reason}",
                self._place,
                seen=f"{name}-{self._name}",
                expected="a folder name that begins with a letter or digit",
                next_step=f"rename the folder stacks/{name}, and its entry at {self._place}",
            )
        if self._environment is None:
            self._findings.error(
                f"{self._vm.name} has no Portainer environment, so nothing can be deployed to it",
                self._place,
                seen=f"portainer_role: {self._vm.portainer_role}",
                expected="portainer_role: agent (or primary)",
            )
        elif self._environment.blocked:
            self._findings.error(
                f"the environment of {self._vm.name} has the agent of another VM, so nothing is deployed to it",
                self._configuration.locate(*self._vm.declared_at, "portainer_agent_hostname"),
                seen=self._environment.url,
                expected="a portainer_agent_hostname of its own for each VM",
            )

    def _manifest(self, folder: StackFolder) -> StackEnvironment:
        return folder.manifest.environments.get(self._name, StackEnvironment())

    def _routes(self, compose: Compose, manifest: StackEnvironment, variables: Variables) -> NewConfiguration:
        for name in manifest.services:
            if name not in compose.services:
                self._findings.error(
                    f"the manifest gives labels to the service {name}, which the compose file does not have",
                    self._in_manifest("services", name),
                    seen=name,
                    expected=nearest(name, compose.services) or ", ".join(compose.services),
                )
        folder = self._configuration.stacks[self._reference.name]
        if not folder.manifest.limits.routes:
            return {}
        labels = {name: self._labels(name, compose, manifest, variables) for name in compose.services}
        self._service_labels = labels
        advice = override_advice(self._configuration, self._vm.name)
        backend = Backend(self._vm.name, address_of(self._configuration, self._vm), self._project, advice)
        routed = [(key, label) for own in labels.values() for key, label in own.items() if is_traefik_label(key)]
        self._places = LabelPlaces(routed, self._place, suffix=f"-{self._vm.vmid}")
        return stack_routes(compose.services, labels, backend, self._findings)

    def _labels(
        self, name: str, compose: Compose, manifest: StackEnvironment, variables: Variables
    ) -> dict[str, Label]:
        declared = compose.model["services"][name].get("labels")
        keys = [split_label(str(entry))[0] for entry in declared] if isinstance(declared, list) else None

        def place(key: str) -> Location:
            step = key if keys is None or key not in keys else keys.index(key)
            return self._in_compose("services", name, "labels", step)

        own = compose_labels(compose.services[name].labels, variables, place, self._findings)
        return own | manifest_labels(manifest, name, variables, self._in_manifest, self._findings)

    def _text(
        self, folder: StackFolder, compose: Compose, manifest: StackEnvironment, variables: Variables, bootstrap: str
    ) -> str | None:
        """Return the text to deploy; None when it cannot be made."""
        if bootstrap:
            return compose.text
        refuse(compose, self._in_compose, self._findings)
        check_specification(compose, self._in_compose, self._findings)
        files = mounted_files(
            manifest.files,
            folder.files,
            compose.services,
            lambda index: self._in_manifest("files", index),
            self._findings,
            tuple(compose.model.get("configs") or ()),
        )
        if self._findings.blocking:
            return None
        own = {str(name): service for name, service in compose.document["services"].items()}
        labels = labels_to_inject(manifest, own, variables)
        return inject(compose.text, labels, files, compose.document)

    def _derived(
        self,
        compose: Compose | None,
        variables: Mapping[str, str | SecretReference],
        text: str | None,
        routes: DynamicConfiguration,
        bootstrap: str,
        rules: tuple[DeclaredRule, ...],
    ) -> DerivedStack:
        active = [service for service in (compose.services.values() if compose else ()) if service.active]
        return DerivedStack(
            reference=self._reference,
            vm=self._vm,
            place=self._place,
            environment=self._name,
            project=self._project,
            compose=text,
            variables=variables,
            unsettled_routes=routes,
            places=self._places,
            bootstrap=bootstrap,
            rules=rules,
            rules_known=self._rules_known(rules),
            services=tuple(service.name for service in active),
            ports=taken_ports(active, self._service_labels, self._in_compose),
            containers=_container_names(compose, active) if compose else {},
            find_container=lambda service: self._in_compose("services", service, "container_name"),
            images=tuple(dict.fromkeys(service.image for service in active if service.image)),
            limits=self._limits(),
            held=held(self._configuration, self._reference.name, self._vm.vmid, self._findings),
            findings=self._findings,
        )

    def _rules_known(self, rules: tuple[DeclaredRule, ...]) -> bool:
        folder = self._configuration.stacks.get(self._reference.name)
        if folder is None or not folder.manifest_readable:
            return False
        return len(rules) == len(self._manifest(folder).firewall_rules)

    def _limits(self) -> Mapping[str, float | str]:
        folder = self._configuration.stacks.get(self._reference.name)
        return (
            folder.manifest.limits.model_dump(include={"timeout", "settle", "probe"}, exclude_none=True)
            if folder is not None
            else {}
        )

    @property
    def _in_compose(self) -> Callable[..., Location]:
        def locate(*path: str | int) -> Location:
            return self._configuration.locate(f"stacks/{self._reference.name}/compose", *path)

        return self._compose.placed(locate) if self._compose else locate

    @property
    def _manifest_path(self) -> Path:
        return (f"stacks/{self._reference.name}", "environments", self._name)

    @property
    def _in_manifest(self) -> Callable[..., Location]:
        start = self._manifest_path
        return lambda *path: self._configuration.locate(*start, *path)


def _container_names(compose: Compose, services: Iterable[ComposeService]) -> dict[str, str]:
    named = {service.name: compose.model["services"][service.name].get("container_name") for service in services}
    return {service: name for service, name in named.items() if isinstance(name, str) and name}
