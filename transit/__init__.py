"""Facts → journeys: timetables, streets, the register and the search. Knows no person, no order, no payment."""
