"""Putting files where Traefik or dnsmasq reads them: in a directory here, over SSH, or in a container."""
