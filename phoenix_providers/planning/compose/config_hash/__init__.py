"""The hash by which compose knows whether a container is still as its file says."""
