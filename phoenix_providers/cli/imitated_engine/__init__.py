"""`phoenix plan`: what the engine would do, worked out without it by the same program and the same providers."""
