"""Addresses of runs."""

from django.urls import path

from landbalance.web.runs import views

app_name = "runs"
urlpatterns = [
    path("w/<slug:workspace>/runs/", views.index, name="index"),
    path("w/<slug:workspace>/runs/new/", views.ask, name="ask"),
    path("w/<slug:workspace>/runs/compare/", views.compare, name="compare"),
    path("w/<slug:workspace>/runs/<uuid:pk>/", views.show, name="show"),
    path("w/<slug:workspace>/runs/<uuid:pk>/state/", views.state, name="state"),
    path("w/<slug:workspace>/runs/<uuid:pk>/start/", views.start, name="start"),
    path("w/<slug:workspace>/runs/<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("w/<slug:workspace>/runs/<uuid:pk>/publish/", views.publish, name="publish"),
    path("w/<slug:workspace>/runs/<uuid:pk>/files/<path:name>", views.file, name="file"),
]
