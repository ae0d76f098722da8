"""Released rules of services on demand → the register, GTFS-Flex and GOFS."""
