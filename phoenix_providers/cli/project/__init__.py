"""The project around the current folder: its files, its settings and its plan."""
