"""Bringing one stack to its declared state, step by step."""
