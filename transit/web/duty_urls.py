"""The addresses of the pages about the duty to disclose."""

from django.urls import path

from transit.web.access import access_ask, access_mine, access_move, access_public, access_request
from transit.web.complaints import complain, complaint, officer_complaint, officer_complaint_move
from transit.web.duty import duty, duty_of_operator
from transit.web.officer import officer, officer_exemption, officer_region
from transit.web.operator_duty import operator_duty

urlpatterns = [
    path("register/duty", duty, name="duty"),
    path("register/duty/<slug:operator>", duty_of_operator, name="duty-of-operator"),
    path("register/duty/<slug:operator>/complain", complain, name="complain"),
    path("register/complaints/<str:token>", complaint, name="complaint"),
    path("register/access", access_public, name="access"),
    path("register/access/mine", access_mine, name="access-mine"),
    path("register/access/ask/<slug:operator>", access_ask, name="access-ask"),
    path("register/access/requests/<str:code>", access_request, name="access-request"),
    path("register/access/requests/<str:code>/move", access_move, name="access-move"),
    path("register/officer", officer, name="officer"),
    path("register/officer/regions/<slug:region>", officer_region, name="officer-region"),
    path("register/officer/exemptions/<int:pk>", officer_exemption, name="officer-exemption"),
    path("register/officer/complaints/<int:pk>", officer_complaint, name="officer-complaint"),
    path("register/officer/complaints/<int:pk>/move", officer_complaint_move, name="officer-complaint-move"),
    path("operators/<slug:operator>/duty", operator_duty, name="operator-duty"),
]
