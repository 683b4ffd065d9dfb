"""What each back end of DNS declares, one module each, and the table of them."""
