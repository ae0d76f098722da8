"""Commands of promises and money."""
