"""The addresses of the pages on which rides on demand are set up, under `on-demand/`."""

from django.urls import path

from transit.web.on_demand.dry_runs import dry_run, dry_runs
from transit.web.on_demand.editing import part, section
from transit.web.on_demand.region import region, waiver
from transit.web.on_demand.services import service, service_edit, service_new, services
from transit.web.on_demand.version import compare, version

urlpatterns = [
    path("", services, name="on-demand"),
    path("regions/<slug:region>", region, name="on-demand-region"),
    path("regions/<slug:region>/waiver", waiver, name="on-demand-waiver"),
    path("regions/<slug:region>/new", service_new, name="on-demand-service-new"),
    path("services/<slug:service>", service, name="on-demand-service"),
    path("services/<slug:service>/facts", service_edit, name="on-demand-service-edit"),
    path("versions/<int:version>", version, name="on-demand-version"),
    path("versions/<int:version>/compare/<int:other>", compare, name="on-demand-compare"),
    path("versions/<int:version>/dry-runs", dry_runs, name="on-demand-dry-runs"),
    path("versions/<int:version>/dry-runs/<int:pk>", dry_run, name="on-demand-dry-run"),
    path("versions/<int:version>/<slug:code>", section, name="on-demand-section"),
    path("versions/<int:version>/<slug:code>/new", part, name="on-demand-part-new"),
    path("versions/<int:version>/<slug:code>/<int:number>", part, name="on-demand-part"),
]
