"""Decisions as pure functions over frozen data: no files, no network, no Pulumi."""
