"""Addresses of the first pages."""

from django.urls import path

from landbalance.web.home import views

app_name = "home"
urlpatterns = [
    path("", views.index, name="index"),
    path("w/<slug:workspace>/", views.dashboard, name="dashboard"),
]
