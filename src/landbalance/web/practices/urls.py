"""Addresses about practices."""

from django.urls import path

from landbalance.web.practices import views

app_name = "practices"
urlpatterns = [
    path("w/<slug:workspace>/practices/", views.index, name="index"),
    path("w/<slug:workspace>/practices/new/", views.new, name="new"),
    path("w/<slug:workspace>/practices/<slug:code>/", views.practice, name="practice"),
    path("w/<slug:workspace>/practices/<slug:code>/edit/", views.edit, name="edit"),
]
