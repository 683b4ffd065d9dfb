"""The stand-in for the proxmoxve plugin (pulumi-proxmoxve 8.6.0), for labs and tests only.

The Pulumi engine takes a resource plugin from the folder `plugins` of its home, or from PATH, with a warning that says
so. `install` writes such an executable; only labs and tests have it, in a Pulumi home of their own; it refuses every
endpoint but the one that it was made for.

It does what was measured with the real plugin, request by request: order of the calls, ids, import ids, defaults,
values read back, refused creates, no-op deletes, in-place updates, what is left in the state after a failure, the words
of failures, and the hazard of what a rule leaves out (see `inputs.py`). What it does not do:

- Resource types other than the five that the project uses, and functions other than getDnsLegacy, getHostsLegacy and
  getVersion: one clear error.
- The second, framework-based half of the real plugin: no `node.Firewall`, and one login instead of two.
- `__pulumi_raw_state_delta` among the outputs, which only the real plugin's bridge reads.
- Wording: what a network, a certificate or JSON that does not fit is about is worded alike, not equal; bad settings are
  told once, by the real plugin once by each of its halves; `log_ratelimit` ends the process without a stack trace.
"""
