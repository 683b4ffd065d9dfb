"""Stacks that leave, and what takes their place."""
