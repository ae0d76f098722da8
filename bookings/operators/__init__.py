"""How we sell for those who run the vehicles: one folder per kind."""
