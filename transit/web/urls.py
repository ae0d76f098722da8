"""The addresses of the pages about travelling."""

from django.urls import include, path

from transit.web.about import about
from transit.web.basemap import tiles
from transit.web.departures import departures
from transit.web.open_data import feed, open_data, realtime
from transit.web.planning import planning, study
from transit.web.search import itinerary, results, search

urlpatterns = [
    path("", search, name="search"),
    path("journeys", results, name="results"),
    path("journey", itinerary, name="itinerary"),
    path("departures", departures, name="departures"),
    path("about", about, name="about"),
    path("operators/<slug:code>/", include("transit.web.hosted.urls")),
    path("open-data", open_data, name="open-data"),
    path("open-data/<slug:code>/gtfs.zip", feed, name="open-data-feed"),
    path("open-data/<slug:code>/gtfs-<slug:sha256>.zip", feed, name="open-data-version"),
    path("open-data/<slug:code>/realtime.pb", realtime, name="open-data-realtime"),
    path("planning", planning, name="planning"),
    path("planning/<str:code>", study, name="study"),
    path("basemap/<slug:digest>/<slug:layer>.pmtiles", tiles, name="tiles"),
]
