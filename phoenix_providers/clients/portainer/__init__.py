"""Portainer's HTTP API, for the server versions 2.21 to 2.45."""
