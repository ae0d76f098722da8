"""A generated coast region: streets, lines and timetables as a GTFS and an OpenStreetMap file, equal for equal sizes."""
