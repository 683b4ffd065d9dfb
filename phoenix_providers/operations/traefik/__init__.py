"""Publishing a file in Traefik, and following its routes."""
