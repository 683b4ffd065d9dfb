"""What the engine says that new users meet, with what to do about it."""

from __future__ import annotations

from phoenix_providers.errors import PhoenixError, UsageError


def explained_refusal(text: str, command: str) -> PhoenixError:
    """Say what to do about the engine's own refusals that new users meet."""
    if "passphrase" in text.lower():
        return passphrase_missing()
    if "no stack selected" in text or "stack not found" in text or "no stack named" in text:
        return UsageError(
            "No Pulumi stack is selected",
            seen=text.splitlines()[-1],
            next_step="pulumi stack select NAME   (pulumi stack init NAME makes one)",
        )
    if "unable to open bucket" in text:
        return UsageError(
            "The place where Pulumi keeps the state cannot be opened",
            seen=text.splitlines()[-1],
            expected="the folder or bucket of `pulumi login`",
            next_step="make it reachable again, or choose another one: pulumi login 'file://FOLDER?metadata=skip'",
        )
    if "PULUMI_ACCESS_TOKEN" in text or "pulumi login" in text:
        return UsageError(
            "Pulumi does not know yet where to keep the state",
            seen=text.splitlines()[-1],
            next_step="mkdir -p ~/.pulumi-state && pulumi login 'file://~/.pulumi-state?metadata=skip'"
            "   (any backend will do)",
        )
    if "failed to load checkpoint: EOF" in text:
        return UsageError(
            "Pulumi cannot read its state: an engine that was killed left an empty file of metadata beside it",
            seen=text.splitlines()[-1],
            expected="the state itself is whole; the files NAME.attrs beside it are not needed",
            next_step="find FOLDER/.pulumi -name '*.attrs' -delete && pulumi login 'file://FOLDER?metadata=skip'"
            "   (FOLDER: see pulumi whoami -v; then they are not written any more)",
        )
    return PhoenixError(
        f"`{command}` failed", seen=text, next_step="mend what it says, then run the same command again"
    )


def passphrase_missing() -> UsageError:
    """Say that the stack's secrets cannot be read."""
    return UsageError(
        "Pulumi needs the passphrase of this stack",
        seen="neither PULUMI_CONFIG_PASSPHRASE nor PULUMI_CONFIG_PASSPHRASE_FILE is set, or it is wrong",
        next_step="export PULUMI_CONFIG_PASSPHRASE=…",
    )
