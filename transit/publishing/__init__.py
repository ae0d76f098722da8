"""What the register and its services are written as, for others to read."""
