"""The addresses of the pages about travelling."""

from django.urls import include, path

from transit.web.about import about
from transit.web.basemap import tiles
from transit.web.connecting import connect
from transit.web.departures import departures
from transit.web.feeds import decide, feeds
from transit.web.interface import accept_capability, interface
from transit.web.open_data import feed, open_data, realtime, vehicles
from transit.web.planning import planning, study
from transit.web.register import operator, operators, register, register_changes, register_feed, service
from transit.web.search import itinerary, results, search

urlpatterns = [
    path("", search, name="search"),
    path("journeys", results, name="results"),
    path("journey", itinerary, name="itinerary"),
    path("departures", departures, name="departures"),
    path("about", about, name="about"),
    path("", include("transit.web.duty_urls")),
    path("operators/<slug:code>/", include("transit.web.hosted.urls")),
    path("open-data", open_data, name="open-data"),
    path("open-data/<slug:code>/gtfs.zip", feed, name="open-data-feed"),
    path("open-data/<slug:code>/gtfs-<slug:sha256>.zip", feed, name="open-data-version"),
    path("open-data/<slug:code>/gbfs/<slug:file>.json", vehicles, name="open-data-vehicles"),
    path("open-data/<slug:code>/realtime.pb", realtime, name="open-data-realtime"),
    path("planning", planning, name="planning"),
    path("planning/<str:code>", study, name="study"),
    path("register/interfaces/<slug:name>", interface, name="interface"),
    path("register/interfaces/<slug:name>/capability", accept_capability, name="accept-capability"),
    path("register", register, name="register"),
    path("register/operators", operators, name="register-operators"),
    path("register/operators/<slug:code>", operator, name="register-operator"),
    path("register/services/<slug:code>", service, name="register-service"),
    path("register/changes", register_changes, name="register-changes"),
    path("register/changes.atom", register_feed, name="register-feed"),
    path("connect/<slug:code>", connect, name="connect"),
    path("feeds", feeds, name="feeds"),
    path("feeds/<slug:name>", decide, name="feeds-decide"),
    path("basemap/<slug:digest>/<slug:layer>.pmtiles", tiles, name="tiles"),
]
