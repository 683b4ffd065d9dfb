"""The `phoenix` command: words, screens and exit codes."""
