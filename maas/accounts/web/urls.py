"""The addresses of the pages about who may be an operator, and of everybody's work."""

from django.urls import path

from maas.accounts.web.applications import applications, apply, decide
from maas.accounts.web.work import work

urlpatterns = [
    path("work", work, name="work"),
    path("operators/apply", apply, name="operator-apply"),
    path("operators/applications", applications, name="operator-applications"),
    path("operators/applications/<int:pk>", decide, name="operator-application"),
]
