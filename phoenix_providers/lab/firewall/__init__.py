"""The lab's firewall: what Proxmox has set decides who may connect, some time after it was set."""
