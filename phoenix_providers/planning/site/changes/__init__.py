"""What a run would change, in the words of people: from what the engine would do to its resources."""
