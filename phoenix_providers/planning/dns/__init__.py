"""Names: records, resolvers, and what a DNS server answers."""
