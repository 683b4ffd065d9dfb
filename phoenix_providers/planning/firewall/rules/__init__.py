"""Firewall rules: their form, their places and their order."""
