"""The connections that a change of the firewall must not cut."""
