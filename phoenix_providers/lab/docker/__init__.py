"""A simulated Docker engine per guest: containers, compose, the published ports, and the Portainer agent in front."""
