"""Web push: notifications in browsers."""
