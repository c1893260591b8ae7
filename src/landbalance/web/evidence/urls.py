"""Addresses of files."""

from django.urls import path

from landbalance.web.evidence import views

app_name = "evidence"
urlpatterns = [
    path("w/<slug:workspace>/files/", views.index, name="index"),
    path("w/<slug:workspace>/files/<uuid:pk>/", views.file, name="file"),
    path("w/<slug:workspace>/files/<uuid:pk>/remove/", views.remove, name="remove"),
]
