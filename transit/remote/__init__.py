"""The wire: one guarded HTTP client and the protocols that operators speak. Knows protocols, not orders."""
