"""Whether compose would read a file at all, part by part."""
