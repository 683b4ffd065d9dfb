"""The Docker side of an environment, asked through Portainer."""
