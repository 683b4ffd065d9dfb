"""Places on Proxmox in its own words: what is there, what is declared, and whose it is."""
