"""Pages of facts and journeys."""
