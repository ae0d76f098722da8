"""Tables → arrays: networks built, stored, opened and searched for places."""
