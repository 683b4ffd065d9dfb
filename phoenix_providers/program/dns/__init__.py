"""Step 4, names: where records are published, and whether they are answered."""
