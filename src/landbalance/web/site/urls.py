"""Addresses that belong to no room."""

from django.urls import path

from landbalance.web.site import views

urlpatterns = [
    path("language/", views.choose_language, name="language"),
    path("healthy/", views.healthy, name="healthy"),
]
