"""Addresses of the first pages."""

from django.urls import path

from landbalance.web.home import views

app_name = "home"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/country/", views.new_country, name="new_country"),
    path("new/region/", views.new_region, name="new_region"),
    path("w/<slug:workspace>/settings/", views.edit, name="edit"),
    path("w/<slug:workspace>/", views.dashboard, name="dashboard"),
]
