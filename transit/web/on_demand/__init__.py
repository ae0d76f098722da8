"""The pages on which a region sets up rides on demand: its services, and versions of their rules."""
