"""Looking at Proxmox, changing its firewall, and taking a change back."""
