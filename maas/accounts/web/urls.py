"""The addresses of the pages about who may be an operator."""

from django.urls import path

from maas.accounts.web.applications import applications, apply, decide

urlpatterns = [
    path("operators/apply", apply, name="operator-apply"),
    path("operators/applications", applications, name="operator-applications"),
    path("operators/applications/<int:pk>", decide, name="operator-application"),
]
