"""How dates are written where Django knows the United States only."""
