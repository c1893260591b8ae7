"""Addresses of the API."""

from django.urls import path

from landbalance.web.api import views
from landbalance.web.api.app import api

urlpatterns = [
    path("", views.index, name="api_index"),
    path("", api.urls),
]
