"""What `phoenix doctor` makes of what it sees."""
