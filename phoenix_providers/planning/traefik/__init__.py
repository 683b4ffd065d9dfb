"""Traefik's labels and files, read as Traefik reads them."""
