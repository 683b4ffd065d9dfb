"""Whether Proxmox answers, and whether its token may do what a run does."""

from __future__ import annotations

from phoenix_providers.clients.certificate_refusal import PROXMOX
from phoenix_providers.errors import Explanation, UnreachableError
from phoenix_providers.models.privileges import ROLES
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.planning.doctor.finding import Finding, not_configured, ok, trouble
from phoenix_providers.planning.doctor.version import judge_version
from phoenix_providers.planning.proxmox.api_words import wanted_by_scope

_MOST_PLACES = 3


def proxmox_answers(case: Case) -> Finding:
    """Ask for its version, with the token."""
    if not case.proxmox:
        return not_configured("proxmoxve:endpoint", PROXMOX.address)
    api = case.clients.proxmox(case.proxmox)
    if not case.has_secrets and not api.token_id:
        if api.is_heard():
            return Finding("skipped", f"{case.proxmox} answers; not signed in without the passphrase")
        reason = Explanation(
            "Proxmox cannot be reached", case.proxmox, "no answer", next_step=f"curl -kv {case.proxmox}"
        )
        return trouble(UnreachableError, reason.what, reason)
    return judge_version("Proxmox", api.version(), case.proxmox)


def proxmox_permissions(case: Case) -> Finding:
    """Ask whether the token may do all that a run does, wherever it does it."""
    api = case.clients.proxmox(case.proxmox)
    scopes = wanted_by_scope(case.plan) if case.plan is not None else ()
    paths = sorted(scope.permission_path for scope in scopes) or ["/"]
    api.require_privileges(paths)
    what = f"in {len(paths)} places" if len(paths) > _MOST_PLACES else f"on {', '.join(paths)}"
    return ok(f"{api.token_id} has {' and '.join(ROLES)} {what}")
