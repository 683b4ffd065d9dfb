"""Proxmox's API."""
