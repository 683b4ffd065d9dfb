"""A faithful stand-in for Portainer CE: the API, its two ways to deploy, and its odd corners."""
