"""What a run does, from the engine's events as they come: pure, and drawn by `cli/screens/`."""
