"""The public API of facts and journeys."""
