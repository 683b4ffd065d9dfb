"""Why a firewall rule is as it is."""

from __future__ import annotations

from phoenix_providers.cli.reasons.found import Found, Look, asked_at, silent_products
from phoenix_providers.cli.reasons.reason import Asked, Waiting
from phoenix_providers.cli.reasons.subjects import RuleSubject, Subject
from phoenix_providers.cli.site_view.known import Known
from phoenix_providers.cli.site_view.looked import Question, trouble_of
from phoenix_providers.cli.site_view.site_view import Standing
from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import PhoenixError
from phoenix_providers.planning.proxmox.api_words import is_switched_on, rule_identity, rule_text, rule_words

_CLUSTER = "cluster"


def of_rule(known: Known, subject: Subject, look: Look) -> Found:
    """Look at the list on Proxmox in which it belongs."""
    rule = subject.thing
    assert isinstance(rule, RuleSubject)  # noqa: S101 - subjects of this kind have one
    address = known.question(()).proxmox
    looked = look(Question(proxmox=address, portainer=None, traefik="", name_server=""))
    waits = list(silent_products(looked))
    standing: Standing = "unknown"
    live: tuple[str, ...] = ()
    if looked.guests is not None:
        try:
            standing, live = _live(known.clients.proxmox(address).settings, rule)
        except PhoenixError as error:
            trouble = trouble_of(error)
            waits.append(Waiting(trouble.what, next_step=trouble.next_step))
    if rule.home != _CLUSTER and int(rule.home) in known.plan.vms_in_doubt:
        waits.append(Waiting("rules of a stack on this VM cannot be read: what is in force stays as it is"))
    list_name = f"rules@{rule.home}"
    verdict = {"fine": "in force", "wrong": "not in force", "unknown": "nobody knows whether it is in force"}[standing]
    return Found(
        standing,
        verdict,
        tuple(_asked(known, rule)),
        tuple(waits),
        live,
        list_name,
        frozenset({list_name, f"firewall@{rule.home}"}),
        looked,
        "phoenix plan" if standing == "wrong" else "",
    )


def _asked(known: Known, rule: RuleSubject) -> list[Asked]:
    if known.configuration is None:
        return []
    return [asked_at(known.configuration.locate(*rule.path), rule_text(rule_words(rule.rule)))]


def _live(proxmox: ProxmoxSettings, rule: RuleSubject) -> tuple[Standing, tuple[str, ...]]:
    path = _CLUSTER if rule.home == _CLUSTER else proxmox.guest_paths().get(int(rule.home), "")
    if not path:
        return "wrong", (f"Proxmox has no guest {rule.home}",)
    wanted = rule_identity(rule_words(rule.rule))
    same = [(place, one) for place, one in enumerate(proxmox.rules(path)) if rule_identity(one) == wanted]
    if not same:
        return "wrong", (f"the list of {rule.home} on Proxmox does not have it",)
    place, found = same[0]
    told = [f"rule {place} in the list of {rule.home} on Proxmox"]
    is_on = is_switched_on(found)
    if not is_on:
        told.append("it is switched off there")
    if rule.home != _CLUSTER and not all(proxmox.filtered_devices(path)):
        told.append(f"a network device of {rule.home} lacks firewall=1: there no rule has an effect")
        is_on = False
    if str(proxmox.options(path).get("enable") or "0") != "1":
        told.append(f"the firewall of {rule.home} is switched off: no rule has an effect")
        is_on = False
    return "fine" if is_on == rule.rule.enabled else "wrong", tuple(told)
