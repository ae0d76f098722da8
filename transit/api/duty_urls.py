"""The addresses of the API about the duty to disclose."""

from django.urls import path

from transit.api.access import AccessRecordsView, AccessRequestsView, AccessRequestView, AccessStatisticsView
from transit.api.duty import ComplaintCountsView, DutiesCsvView, DutiesView

urlpatterns = [
    path("register/duties", DutiesView.as_view(), name="api-duties"),
    path("register/duties.csv", DutiesCsvView.as_view(), name="api-duties-csv"),
    path("register/access-records", AccessRecordsView.as_view(), name="api-access-records"),
    path("register/access-statistics", AccessStatisticsView.as_view(), name="api-access-statistics"),
    path("register/access-requests", AccessRequestsView.as_view(), name="api-access-requests"),
    path("register/access-requests/<str:code>", AccessRequestView.as_view(), name="api-access-request"),
    path("register/complaints", ComplaintCountsView.as_view(), name="api-complaints"),
]
