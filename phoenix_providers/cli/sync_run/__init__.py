"""What `phoenix sync` does behind the question: the run with its progress, and its certificate."""
