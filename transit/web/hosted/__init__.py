"""The pages on which an operator's staff enter its timetable, where it has no system that would publish one."""
