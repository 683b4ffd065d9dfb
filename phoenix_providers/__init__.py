"""Phoenix Sync: keeps a Proxmox home lab in the state its files declare."""
