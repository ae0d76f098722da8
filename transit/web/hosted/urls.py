"""The addresses of an operator's timetable, under `operators/<code>/`."""

from django.urls import path

from transit.web.hosted.fares import fares
from transit.web.hosted.grid import grid
from transit.web.hosted.lines import line
from transit.web.hosted.overview import timetable
from transit.web.hosted.seasons import days, season
from transit.web.hosted.stops import stop, stops
from transit.web.hosted.today import today
from transit.web.hosted.vehicles import stand, vehicles

urlpatterns = [
    path("timetable", timetable, name="hosted-timetable"),
    path("today", today, name="hosted-today"),
    path("vehicles", vehicles, name="hosted-vehicles"),
    path("vehicles/stands", stand, name="hosted-stand-new"),
    path("vehicles/stands/<slug:stand>", stand, name="hosted-stand"),
    path("timetable/stops", stops, name="hosted-stops"),
    path("timetable/stops/<slug:stop>", stop, name="hosted-stop"),
    path("timetable/lines", line, name="hosted-line-new"),
    path("timetable/lines/<slug:line>", line, name="hosted-line"),
    path("timetable/seasons", season, name="hosted-season-new"),
    path("timetable/seasons/<int:pk>", season, name="hosted-season"),
    path("timetable/days/<int:pk>", days, name="hosted-days"),
    path("timetable/grids/<int:pk>", grid, name="hosted-grid"),
    path("timetable/fares", fares, name="hosted-fares"),
]
