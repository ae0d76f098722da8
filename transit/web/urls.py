"""The addresses of the pages about travelling."""

from django.urls import path

from transit.web.about import about
from transit.web.basemap import tiles
from transit.web.connecting import connect
from transit.web.departures import departures
from transit.web.feeds import decide, feeds
from transit.web.planning import planning, study
from transit.web.register import operator, operators, register, register_changes, register_feed, service
from transit.web.search import itinerary, results, search

urlpatterns = [
    path("", search, name="search"),
    path("journeys", results, name="results"),
    path("journey", itinerary, name="itinerary"),
    path("departures", departures, name="departures"),
    path("about", about, name="about"),
    path("planning", planning, name="planning"),
    path("planning/<str:code>", study, name="study"),
    path("connect/<slug:code>", connect, name="connect"),
    path("feeds", feeds, name="feeds"),
    path("feeds/<slug:name>", decide, name="feeds-decide"),
    path("register", register, name="register"),
    path("register/operators", operators, name="register-operators"),
    path("register/operators/<slug:code>", operator, name="register-operator"),
    path("register/services/<slug:code>", service, name="register-service"),
    path("register/changes", register_changes, name="register-changes"),
    path("register/changes.atom", register_feed, name="register-feed"),
    path("basemap/<slug:digest>/<slug:layer>.pmtiles", tiles, name="tiles"),
]
