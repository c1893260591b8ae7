"""Addresses of jobs."""

from django.urls import path

from landbalance.web.jobs import views

app_name = "jobs"
urlpatterns = [
    path("w/<slug:workspace>/jobs/<uuid:pk>/", views.show, name="show"),
    path("w/<slug:workspace>/jobs/<uuid:pk>/state/", views.state, name="state"),
    path("w/<slug:workspace>/jobs/<uuid:pk>/again/", views.again, name="again"),
    path("w/<slug:workspace>/jobs/<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("w/<slug:workspace>/jobs/<uuid:pk>/files/<path:name>", views.file, name="file"),
]
