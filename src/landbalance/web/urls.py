"""Every address, by room."""

from django.contrib import admin
from django.urls import include, path

from landbalance.web.site import views

urlpatterns = [
    path("", include("landbalance.web.home.urls")),
    path("", include("landbalance.web.people.urls")),
    path("", include("landbalance.web.site.urls")),
    path("accounts/", include("allauth.urls")),
    path("administration/", admin.site.urls),
]
handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.failed
