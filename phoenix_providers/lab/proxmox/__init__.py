"""The Proxmox API of the lab: `fakepve` with what the lab needs beyond it."""
