"""Reading the files of a configuration, with the place of every value."""
