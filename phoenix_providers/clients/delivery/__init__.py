"""Putting files where Traefik reads them: in a directory here, over SSH, or in a container of a Proxmox host."""
