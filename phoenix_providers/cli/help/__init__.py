"""What `--help` shows: commands by what one wants, and examples of each."""
