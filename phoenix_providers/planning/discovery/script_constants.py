"""What the old shell scripts had built in: it stands in no file of an existing installation."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from ipaddress import ip_interface

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.dns import NodeResolver
from phoenix_providers.models.guest import Container, Guest
from phoenix_providers.planning.addresses import is_address, override, traefik_guest

# The container that ended TLS; the scripts looked for exactly this name, and among containers only.
_GATEWAY = "Nginx-Phoenix"
_TRAEFIK_FOLDER = "/etc/traefik/dynamic"
_TRAEFIK_API_PORT = 8080
_ROOT_CA = "/etc/step-ca/ssl/phoenix_root_ca.crt"
_MOST_SERVERS = 3


@dataclass(frozen=True)
class OpenQuestion:
    """A setting that decides what is declared, or what is reached, and that only the operator knows.

    Attributes:
        setting: Its key.
        text: The question.
        suggestion: What it may be; empty when nothing points to anything.
        example: What an answer looks like.
        decides: Whether what is declared depends on it.
    """

    setting: str
    text: str
    suggestion: str
    example: str
    decides: bool = False

    @property
    def command(self) -> str:
        """What sets it."""
        return f"pulumi config set phoenix:{self.setting} {self.suggestion or self.example}"


def known_settings(old: Configuration) -> dict[str, str]:
    """Return what the scripts had built in, as far as the files name whom it is about."""
    settings = {"serversTransport": json.dumps({"name": "internal-ca", "rootCa": _ROOT_CA})}
    if (gateway := _gateway(old)) is not None:
        settings["gateway"] = gateway.name
    if services := container_services(old):
        settings["addressOverrides"] = json.dumps(services)
    traefik = traefik_guest(old)
    if traefik is not None and traefik.address:
        host = host_address(old)
        settings["traefikApiUrl"] = f"http://{traefik.address}:{_TRAEFIK_API_PORT}"
        if isinstance(traefik, Container) and host:
            settings["traefikTarget"] = f"pct://root@{host}/{traefik.ctid}{_TRAEFIK_FOLDER}"
    return settings


def container_services(old: Configuration) -> dict[str, str]:
    """Return where the names of containers' services led: to the container itself, not to the gateway."""
    found: dict[str, str] = {}
    for guest in old.lxcs:
        if guest.traefik_service is not None and guest.address:
            name = guest.traefik_service.name.lower()
            found.setdefault(name, override(old, name) or guest.address)
    return found


def open_questions(old: Configuration, known: dict[str, str]) -> tuple[OpenQuestion, ...]:
    """Return what has to be asked."""
    questions = []
    if "gateway" not in known:
        questions.append(
            OpenQuestion(
                "gateway",
                f"Which guest or IP ends TLS, so that routed names lead there? The scripts went by a container called "
                f"{_GATEWAY}, and none with a fixed address is",
                _like_a_gateway(old),
                "GUEST_OR_IP",
                decides=True,
            )
        )
    if "traefikTarget" not in known:
        text = "Which directory does Traefik's file provider watch? The scripts wrote into a container"
        questions.append(OpenQuestion("traefikTarget", text, "", f"ssh://root@TRAEFIK{_TRAEFIK_FOLDER}"))
    if "traefikApiUrl" not in known:
        text = "Where does Traefik's API answer?"
        questions.append(OpenQuestion("traefikApiUrl", text, "", f"http://TRAEFIK:{_TRAEFIK_API_PORT}"))
    if not old.site.network.portainer_server_ip:
        primary = next((vm.address for vm in old.vms if vm.portainer_role == "primary" and vm.address), None)
        suggestion = f"https://{primary}:{old.site.network.portainer_server_port}" if primary else ""
        questions.append(OpenQuestion("portainerUrl", "Where does Portainer answer?", suggestion, "https://IP:9443"))
    return tuple(questions)


def is_answer(old: Configuration, question: OpenQuestion, text: str) -> bool:
    """Whether an answer names something that is there."""
    if question.setting != "gateway":
        return "://" in text
    return is_address(text) or any(guest.name.lower() == text.lower() and guest.address for guest in old.guests)


def with_resolver(old: Configuration) -> Configuration:
    """Return it with what the scripts wrote into the host's resolv.conf: the host itself, then whom dnsmasq asks.

    The search domain comes with the resolver.
    """
    site, host = old.site, host_address(old)
    if site.resolver.servers or not site.dns_server.enabled or not host:
        return old
    servers = tuple(dict.fromkeys((host, *filter(is_address, site.dns_server.upstream_servers))))[:_MOST_SERVERS]
    changed = site.model_copy(update={"resolver": NodeResolver(servers=servers)})
    return replace(old, site=changed)


def host_address(old: Configuration) -> str:
    """Return the address of the Proxmox host; empty when the site file has none."""
    interface = old.site.network.interfaces.address
    return str(ip_interface(interface).ip) if interface else ""


def _gateway(old: Configuration) -> Guest | None:
    return next((guest for guest in old.lxcs if guest.name == _GATEWAY and guest.address), None)


def _like_a_gateway(old: Configuration) -> str:
    like = [guest for guest in old.guests if guest.address and "nginx" in re.split(r"[^a-z0-9]+", guest.name.lower())]
    if len(like) == 1:
        return like[0].name
    traefik = traefik_guest(old)
    return traefik.name if traefik is not None and traefik.address and not like else ""
