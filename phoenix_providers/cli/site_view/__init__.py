"""The site as it is now: gathered from files, state and products, for `status` and whoever else shows it."""
