"""Cash, paid to the driver."""
