"""Offers → orders → payments → tickets → settlement: promises and money."""
