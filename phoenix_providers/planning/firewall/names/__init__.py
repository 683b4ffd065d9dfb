"""Aliases, IP sets and security groups, which rules use by their names."""
