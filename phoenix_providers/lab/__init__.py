"""What stands in for real products on one machine. Imports none of the other layers."""
