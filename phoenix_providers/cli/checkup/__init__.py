"""What `phoenix doctor` looks at on this computer, and the table of all its checks."""
