"""What `--json` prints: one model for each screen, from which its JSON Schema is made."""
