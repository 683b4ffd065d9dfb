"""A lab that rehearses the user's own site."""
