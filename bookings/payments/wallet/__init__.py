"""A wallet that is topped up at a desk."""
