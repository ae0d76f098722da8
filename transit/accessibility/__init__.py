"""The door for planners: travel times from many places, how far one gets, what one reaches; own engine, R5 beside it.

Planners ask of the timetable, never of real time, and of averages over many moments of leaving.
"""
