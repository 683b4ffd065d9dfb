"""SSH on loopback: Debian's sshd where it is installed, else a stand-in; and a stand-in for Proxmox's `pct`."""
