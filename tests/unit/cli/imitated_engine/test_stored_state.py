"""Reading an export of the engine's, as CLI 3.220 writes it with secrets in clear."""

from __future__ import annotations

from phoenix_providers.cli.imitated_engine.stored_state import SECRET, SIGNATURE, in_clear, stored_resources

HIDDEN = {SIGNATURE: SECRET, "plaintext": '{"PASSWORD":"canary"}'}


def test_secrets_are_read_at_any_depth() -> None:
    assert in_clear({"env": HIDDEN, "list": [HIDDEN, 1], "text": "as it is"}) == {
        "env": {"PASSWORD": "canary"},
        "list": [{"PASSWORD": "canary"}, 1],
        "text": "as it is",
    }
    assert in_clear({SIGNATURE: SECRET, "plaintext": f'{{"inner":{{"{SIGNATURE}":"{SECRET}","plaintext":"1"}}}}'}) == {
        "inner": 1
    }


def test_the_engines_own_providers_are_left_out() -> None:
    records = [
        {"urn": "urn:pulumi:lab::site::pulumi:providers:proxmoxve::default", "type": "pulumi:providers:proxmoxve"},
        {"urn": "urn:pulumi:lab::site::pulumi:pulumi:Stack::site-lab", "type": "pulumi:pulumi:Stack", "custom": False},
        {
            "urn": "urn:pulumi:lab::site::a:b:C::one",
            "type": "a:b:C",
            "custom": True,
            "id": "7",
            "delete": True,
            "inputs": {"env": HIDDEN},
            "outputs": {"n": 1.0},
        },
    ]
    stack, one = stored_resources(records)
    assert (stack.name, stack.is_custom, stack.inputs) == ("site-lab", False, {})
    assert (one.id, one.is_custom, one.is_condemned) == ("7", True, True)
    assert (one.inputs, one.outputs) == ({"env": {"PASSWORD": "canary"}}, {"n": 1.0})
