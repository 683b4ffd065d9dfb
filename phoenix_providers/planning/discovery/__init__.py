"""The files of a new site, from what runs."""
