"""A folder for one's own site: out of an installation of the scripts, or of what runs."""
