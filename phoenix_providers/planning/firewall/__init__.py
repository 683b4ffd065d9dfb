"""Proxmox's firewall: what is declared, what it decides, and how it changes without a lock-out."""
