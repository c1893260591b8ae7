"""Every address, by room."""

from django.contrib import admin
from django.urls import include, path

from landbalance.web.site import views

urlpatterns = [
    path("", include("landbalance.web.home.urls")),
    path("", include("landbalance.web.people.urls")),
    path("", include("landbalance.web.records.urls")),
    path("", include("landbalance.web.targets.urls")),
    path("", include("landbalance.web.finance.urls")),
    path("", include("landbalance.web.star.urls")),
    path("", include("landbalance.web.runs.urls")),
    path("", include("landbalance.web.jobs.urls")),
    path("", include("landbalance.web.layers.urls")),
    path("", include("landbalance.web.packs.urls")),
    path("", include("landbalance.web.maps.urls")),
    path("", include("landbalance.web.recodes.urls")),
    path("", include("landbalance.web.balance.urls")),
    path("", include("landbalance.web.projects.urls")),
    path("", include("landbalance.web.drought.urls")),
    path("", include("landbalance.web.rangeland.urls")),
    path("", include("landbalance.web.practices.urls")),
    path("", include("landbalance.web.consents.urls")),
    path("", include("landbalance.web.evidence.urls")),
    path("", include("landbalance.web.audit.urls")),
    path("", include("landbalance.web.site.urls")),
    path("api/", include("landbalance.web.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("administration/", admin.site.urls),
]
handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.failed
