"""Adding to the text of a site file without touching what stands there."""
