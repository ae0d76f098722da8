"""A generated coast region: streets, lines and timetables as GTFS and OpenStreetMap files."""
