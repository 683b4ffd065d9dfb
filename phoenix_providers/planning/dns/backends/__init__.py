"""Back ends of DNS: where records go, one module each, and the table of them."""
