"""The addresses of the API of facts and journeys."""

from django.urls import path

from transit.api.refreshing import RefreshView
from transit.api.register import (
    CatalogueView,
    ChangesView,
    InterfacesView,
    InterfaceView,
    OperatorsView,
    OperatorView,
    ServicesView,
    ServiceView,
    SheetView,
)
from transit.api.shared import SharedView
from transit.api.studies import FeedStatisticsView, ResultView, StudiesView, StudyView
from transit.api.vehicles import VehiclesView
from transit.api.views import DeparturesView, FeedsView, PlaceAtView, PlacesView, PlanView

urlpatterns = [
    path("plan", PlanView.as_view(), name="api-plan"),
    path("plan/refresh", RefreshView.as_view(), name="api-refresh"),
    path("places", PlacesView.as_view(), name="api-places"),
    path("places/at", PlaceAtView.as_view(), name="api-place-at"),
    path("feeds", FeedsView.as_view(), name="api-feeds"),
    path("vehicles", VehiclesView.as_view(), name="api-vehicles"),
    path("vehicles/shared", SharedView.as_view(), name="api-shared-vehicles"),
    path("departures", DeparturesView.as_view(), name="api-departures"),
    path("register/operators", OperatorsView.as_view(), name="api-register-operators"),
    path("register/operators/<slug:code>", OperatorView.as_view(), name="api-register-operator"),
    path("register/services", ServicesView.as_view(), name="api-register-services"),
    path("register/services/<slug:code>", ServiceView.as_view(), name="api-register-service"),
    path("register/interfaces", InterfacesView.as_view(), name="api-register-interfaces"),
    path("register/interfaces/<slug:name>", InterfaceView.as_view(), name="api-register-interface"),
    path("register/changes", ChangesView.as_view(), name="api-register-changes"),
    path("register/catalogue.jsonld", CatalogueView.as_view(), name="api-register-catalogue"),
    path("register/<slug:sheet>.csv", SheetView.as_view(), name="api-register-sheet"),
    path("accessibility/studies", StudiesView.as_view(), name="api-studies"),
    path("accessibility/studies/<str:code>", StudyView.as_view(), name="api-study"),
    path("accessibility/studies/<str:code>/result", ResultView.as_view(), name="api-study-result"),
    path("accessibility/feeds/<slug:feed>", FeedStatisticsView.as_view(), name="api-feed-statistics"),
]
