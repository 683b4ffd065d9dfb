"""Stacks that leave: they make room for what takes their place, or stay for as long as that does not run."""
