"""Whether a change would cut a needed connection, by which rule, and what would open it."""
