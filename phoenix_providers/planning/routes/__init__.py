"""Routes: derived from guests and labels, and judged against each other."""
