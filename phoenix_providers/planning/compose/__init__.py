"""Compose files as compose itself reads them, and what of them Portainer can deploy."""
