"""What can happen: one noun per module."""
