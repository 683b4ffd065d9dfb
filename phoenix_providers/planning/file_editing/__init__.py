"""Adding to the text of a file of the user without touching what stands there."""
