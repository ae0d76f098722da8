"""Arrays → itineraries. Pure: no framework, no files, no clock, no network, no logging."""
