"""`phoenix why NAME`: what asks for a thing, what it waits for, how it is, and what a run would do with it."""
