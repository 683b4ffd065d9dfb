"""What becomes of each container of a stack when its content is sent: told before it is."""
