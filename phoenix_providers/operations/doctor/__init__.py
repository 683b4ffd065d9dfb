"""What `phoenix doctor` asks of products, one file for each check."""
