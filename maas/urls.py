"""The table of contents of the whole site and API."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from maas.accounts.api.token import token
from maas.errors import ProblemsView, UnknownView

API: list[URLPattern | URLResolver] = [
    path("", include("transit.api.urls")),
    path("", include("bookings.api.urls")),
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("problems", ProblemsView.as_view(), name="api-problems"),
    re_path("^", UnknownView.as_view()),  # `path` would not match a line break
]

urlpatterns = [
    path("", include("transit.web.urls")),
    path("", include("bookings.web.urls")),
    path("", include("maas.accounts.web.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("api/v1/", include(API)),
    path("oauth/token", token, name="oauth-token"),
    path("tomp/v2/oauth/token", token),
    path("tomp/v2/operators/<slug:operator>/oauth/token", token),
    path("tomp/v2/", include("bookings.api.tomp.urls")),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("admin/", admin.site.urls),
]

handler500 = "maas.errors.server_error"
