"""How long runs take, beside the floor: as many trivial resources on the same engine. `make bench`."""
